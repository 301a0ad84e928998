import type { FieldProblemCode } from '../kernel/field-problem.ts'
import type { FlashError } from '../kernel/flash.ts'
import { defineTexts } from '../kernel/language.ts'
import type { Locale } from '../kernel/locale.ts'

type Values = Readonly<Record<string, string | number>>
type FieldTexts = { readonly [Code in FieldProblemCode]: string | ((values: Values) => string) }

/** What is wrong with a field, and how to correct it. */
export const FIELD_TEXTS = defineTexts<FieldTexts>('fields', {
  en: {
    required: 'Please fill in this field.',
    invalid: 'Please check this field.',
    too_short: ({ min }) => `Use at least ${min} characters.`,
    too_long: ({ max }) => `Use at most ${max} characters.`,
    one_line: 'Use one line of plain text.',
    not_an_email: 'Type an email address, such as ada@example.com.',
    same_email: 'Your account already has this address.',
    other_email: 'Type the email address of your account.',
    invited_email: 'Use the address that the invitation was sent to.',
    not_unicode: 'Use other characters.',
    from_context: 'Do not build it from your name, your email address or the name of this site.',
    common_password: 'Many people use this password. Choose another one.',
    breached_password: 'This password is in a list of stolen passwords. Choose another one.',
    same_password: 'Choose a password that differs from the current one.',
    wrong_password: 'This password is not right.',
    type_again: 'Type your password again.',
    wrong_code: 'This code is not right. Type the current one.',
  },
  de: {
    required: 'Bitte füllen Sie dieses Feld aus.',
    invalid: 'Bitte prüfen Sie dieses Feld.',
    too_short: ({ min }) => `Verwenden Sie mindestens ${min} Zeichen.`,
    too_long: ({ max }) => `Verwenden Sie höchstens ${max} Zeichen.`,
    one_line: 'Verwenden Sie eine Zeile einfachen Text.',
    not_an_email: 'Geben Sie eine E-Mail-Adresse ein, zum Beispiel ada@example.com.',
    same_email: 'Ihr Konto hat diese Adresse bereits.',
    other_email: 'Geben Sie die E-Mail-Adresse Ihres Kontos ein.',
    invited_email: 'Verwenden Sie die Adresse, an die die Einladung ging.',
    not_unicode: 'Verwenden Sie andere Zeichen.',
    from_context: 'Bilden Sie es nicht aus Ihrem Namen, Ihrer E-Mail-Adresse oder dem Namen dieser Website.',
    common_password: 'Viele Menschen verwenden dieses Passwort. Wählen Sie ein anderes.',
    breached_password: 'Dieses Passwort steht in einer Liste gestohlener Passwörter. Wählen Sie ein anderes.',
    same_password: 'Wählen Sie ein Passwort, das sich vom aktuellen unterscheidet.',
    wrong_password: 'Dieses Passwort stimmt nicht.',
    type_again: 'Geben Sie Ihr Passwort noch einmal ein.',
    wrong_code: 'Dieser Code stimmt nicht. Geben Sie den aktuellen ein.',
  },
  fr: {
    required: 'Veuillez remplir ce champ.',
    invalid: 'Veuillez vérifier ce champ.',
    too_short: ({ min }) => `Utilisez au moins ${min} caractères.`,
    too_long: ({ max }) => `Utilisez au plus ${max} caractères.`,
    one_line: 'Utilisez une seule ligne de texte simple.',
    not_an_email: 'Saisissez une adresse e-mail, par exemple ada@example.com.',
    same_email: 'Votre compte a déjà cette adresse.',
    other_email: 'Saisissez l’adresse e-mail de votre compte.',
    invited_email: 'Utilisez l’adresse à laquelle l’invitation a été envoyée.',
    not_unicode: 'Utilisez d’autres caractères.',
    from_context: 'Ne le formez pas à partir de votre nom, de votre adresse e-mail ou du nom de ce site.',
    common_password: 'Beaucoup de gens utilisent ce mot de passe. Choisissez-en un autre.',
    breached_password: 'Ce mot de passe figure dans une liste de mots de passe volés. Choisissez-en un autre.',
    same_password: 'Choisissez un mot de passe différent de l’actuel.',
    wrong_password: 'Ce mot de passe n’est pas correct.',
    type_again: 'Saisissez de nouveau votre mot de passe.',
    wrong_code: 'Ce code n’est pas correct. Saisissez le code actuel.',
  },
  es: {
    required: 'Rellena este campo.',
    invalid: 'Revisa este campo.',
    too_short: ({ min }) => `Usa al menos ${min} caracteres.`,
    too_long: ({ max }) => `Usa como máximo ${max} caracteres.`,
    one_line: 'Usa una sola línea de texto sencillo.',
    not_an_email: 'Escribe una dirección de correo, por ejemplo ada@example.com.',
    same_email: 'Tu cuenta ya tiene esta dirección.',
    other_email: 'Escribe la dirección de correo de tu cuenta.',
    invited_email: 'Usa la dirección a la que se envió la invitación.',
    not_unicode: 'Usa otros caracteres.',
    from_context: 'No la formes con tu nombre, tu dirección de correo ni el nombre de este sitio.',
    common_password: 'Mucha gente usa esta contraseña. Elige otra.',
    breached_password: 'Esta contraseña está en una lista de contraseñas robadas. Elige otra.',
    same_password: 'Elige una contraseña distinta de la actual.',
    wrong_password: 'Esta contraseña no es correcta.',
    type_again: 'Escribe tu contraseña otra vez.',
    wrong_code: 'Este código no es correcto. Escribe el actual.',
  },
})

/** Returns the text of a problem. A code of another version gets the text of an invalid field. */
export function describeFieldProblem(locale: Locale, { code, values = {} }: FlashError): string {
  const texts = locale.texts(FIELD_TEXTS)
  const text = Object.hasOwn(texts, code) ? texts[code as FieldProblemCode] : texts.invalid
  return typeof text === 'string' ? text : text(values)
}
