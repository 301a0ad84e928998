import { defineRefusals } from './refusal-entry.ts'

const WRONG_REQUEST = {
  en: 'This address is not for a browser.',
  de: 'Diese Adresse ist nicht für einen Browser gedacht.',
  fr: 'Cette adresse n’est pas destinée à un navigateur.',
  es: 'Esta dirección no es para un navegador.',
}

/**
 * The refusals of HTTP, and the refusals that the routes of several rooms share. Each room states its own in its `refusals.ts`;
 * `catalogue/refusals.ts` has all of them.
 */
export const KERNEL_REFUSALS = defineRefusals({
  bad_request: {
    status: 400,
    title: 'Bad request',
    when: 'The request line or a header is malformed: it has an invalid percent escape, or a header that may be sent once was sent twice.',
    next: 'Correct the URL or the headers. The same request gets the same answer again.',
    text: {
      en: 'This address is not valid.',
      de: 'Diese Adresse ist ungültig.',
      fr: 'Cette adresse n’est pas valide.',
      es: 'Esta dirección no es válida.',
    },
  },
  malformed_body: {
    status: 400,
    title: 'Malformed body',
    when: 'The body does not match its type: it has invalid UTF-8, a byte-order mark, invalid JSON, or the same member twice.',
    next: 'Send one JSON object in UTF-8, with each member once.',
    text: {
      en: 'The form arrived incomplete. Go back and send it again.',
      de: 'Das Formular kam unvollständig an. Gehen Sie zurück und senden Sie es noch einmal.',
      fr: 'Le formulaire est arrivé incomplet. Revenez en arrière et envoyez-le de nouveau.',
      es: 'El formulario llegó incompleto. Vuelve atrás y envíalo otra vez.',
    },
  },
  two_credentials: {
    status: 400,
    title: 'Two credentials',
    when: 'The request has both a session cookie and an `Authorization: Bearer` header. It is ambiguous which one applies.',
    next: 'Send only one of them.',
    text: WRONG_REQUEST,
  },
  unauthenticated: {
    status: 401,
    title: 'Not logged in',
    when: 'The request has no session cookie, or the session has ended: the user logged out, the session was revoked or expired, or the account was deleted.',
    next: 'Log in with POST /auth/login. This answer clears a session cookie that is not valid anymore.',
    text: {
      en: 'Log in to see this page.',
      de: 'Melden Sie sich an, um diese Seite zu sehen.',
      fr: 'Connectez-vous pour voir cette page.',
      es: 'Inicia sesión para ver esta página.',
    },
  },
  invalid_token: {
    status: 401,
    title: 'Invalid token',
    when: 'The token in the `Authorization` header is malformed, unknown, revoked or expired (RFC 6750 section 3.1).',
    next: 'Create a new access token with POST /auth/tokens. An app without cookies logs in again.',
    text: {
      en: 'This access token is not valid.',
      de: 'Dieses Zugriffstoken ist ungültig.',
      fr: 'Ce jeton d’accès n’est pas valide.',
      es: 'Este token de acceso no es válido.',
    },
  },
  cookie_required: {
    status: 403,
    title: 'Session cookie required',
    when: 'A browser (the request has `Origin` or `Sec-Fetch-*` headers) asked for a session in a header, or sent one. Scripts in the page could read such a session.',
    next: 'In browsers, log in without the `Latchkey-Session` header. The browser keeps and sends the HttpOnly cookie by itself.',
    text: WRONG_REQUEST,
  },
  cross_origin: {
    status: 403,
    title: 'Cross-origin request refused',
    when: 'A browser sent a state-changing request from a page of another origin. The detail names the header that shows it.',
    next: 'Send the request from a page on the base URL, or add the origin of the page to trustedOrigins.',
    text: {
      en: 'Another website sent you here with a form. For your protection we did nothing.',
      de: 'Eine andere Website hat Sie mit einem Formular hierher geschickt. Zu Ihrem Schutz haben wir nichts getan.',
      fr: 'Un autre site vous a envoyé ici avec un formulaire. Pour votre protection, nous n’avons rien fait.',
      es: 'Otro sitio web te ha enviado aquí con un formulario. Para protegerte, no hemos hecho nada.',
    },
  },
  misdirected: {
    status: 421,
    title: 'Wrong origin',
    when: 'A browser sent the request to another origin than the base URL of the service. The detail names the header that shows it.',
    next: 'Operators: set baseUrl (LATCHKEY_BASE_URL) to the origin that browsers see, or correct the proxy.',
    text: {
      en: 'You have opened this service at another address than its own.',
      de: 'Sie haben diesen Dienst unter einer anderen Adresse als seiner eigenen geöffnet.',
      fr: 'Vous avez ouvert ce service à une autre adresse que la sienne.',
      es: 'Has abierto este servicio en una dirección distinta de la suya.',
    },
  },
  insufficient_scope: {
    status: 403,
    title: 'Insufficient scope',
    when: 'The credential is valid, but it does not have every scope that the action requires (RFC 6750 section 3.1).',
    next: 'Use a credential that has the scopes. A session has all scopes.',
    text: {
      en: 'Your access does not include this page.',
      de: 'Ihr Zugriff umfasst diese Seite nicht.',
      fr: 'Votre accès ne comprend pas cette page.',
      es: 'Tu acceso no incluye esta página.',
    },
  },
  reauthentication_required: {
    status: 403,
    title: 'Confirm your identity',
    when: 'The action requires a recent proof of identity, and the last one is older than the freshness limit (10 minutes by default).',
    next: 'POST /auth/reauthenticate with the password, then repeat the request.',
    text: {
      en: 'Confirm that it is you first.',
      de: 'Bestätigen Sie zuerst, dass Sie es sind.',
      fr: 'Confirmez d’abord que c’est bien vous.',
      es: 'Confirma primero que eres tú.',
    },
  },
  insufficient_user_authentication: {
    status: 401,
    title: 'Recent proof of identity required',
    when: 'An app called for its user, and the action requires a more recent proof of identity than the user gave the app (RFC 9470).',
    next: 'Send the user to /auth/oauth/authorize again with the max_age and acr_values of the WWW-Authenticate header, then repeat the request with the new token.',
    text: {
      en: 'The app must ask you to confirm that it is you.',
      de: 'Die App muss Sie bitten zu bestätigen, dass Sie es sind.',
      fr: 'L’application doit vous demander de confirmer que c’est bien vous.',
      es: 'La aplicación debe pedirte que confirmes que eres tú.',
    },
  },
  not_found: {
    status: 404,
    title: 'Not found',
    when: 'The route does not exist, or you do not own anything with this id.',
    next: 'Check the path and the id. GET /auth/openapi.json lists every route.',
    text: {
      en: 'We cannot find what you are looking for.',
      de: 'Wir können nicht finden, was Sie suchen.',
      fr: 'Nous ne trouvons pas ce que vous cherchez.',
      es: 'No encontramos lo que buscas.',
    },
  },
  method_not_allowed: {
    status: 405,
    title: 'Method not allowed',
    when: 'The path exists, but it does not take this method. The Allow header lists the methods that it takes.',
    next: 'Use a method of the Allow header.',
    text: {
      en: 'This address cannot be opened in a browser.',
      de: 'Diese Adresse lässt sich nicht im Browser öffnen.',
      fr: 'Cette adresse ne peut pas être ouverte dans un navigateur.',
      es: 'Esta dirección no se puede abrir en un navegador.',
    },
  },
  request_timeout: {
    status: 408,
    title: 'Request timeout',
    when: 'The request did not arrive in time: the limit is 10 seconds for the headers and 30 seconds for the whole request.',
    next: 'Retry; the whole request must arrive within 30 seconds.',
    text: {
      en: 'The connection was too slow. Please try again.',
      de: 'Die Verbindung war zu langsam. Bitte versuchen Sie es noch einmal.',
      fr: 'La connexion était trop lente. Veuillez réessayer.',
      es: 'La conexión era demasiado lenta. Inténtalo de nuevo.',
    },
  },
  body_too_large: {
    status: 413,
    title: 'Body too large',
    when: 'The body is larger than 16 KiB, or than 64 KiB if it contains a passkey.',
    next: 'Send a smaller body. No route needs more.',
    text: {
      en: 'The form contains too much text. Please shorten it.',
      de: 'Das Formular enthält zu viel Text. Bitte kürzen Sie ihn.',
      fr: 'Le formulaire contient trop de texte. Veuillez le raccourcir.',
      es: 'El formulario contiene demasiado texto. Acórtalo.',
    },
  },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported media type',
    when: 'The body is not `application/json` in UTF-8, or it is compressed.',
    next: 'Send `Content-Type: application/json` and no Content-Encoding header.',
    text: WRONG_REQUEST,
  },
  expectation_failed: {
    status: 417,
    title: 'Expectation failed',
    when: 'The Expect header has another value than `100-continue`.',
    next: 'Remove the Expect header.',
    text: WRONG_REQUEST,
  },
  validation_failed: {
    status: 422,
    title: 'Validation failed',
    when: 'The body is valid JSON, but a member is missing, unknown, of the wrong type or not acceptable. `errors` has one entry per problem.',
    next: 'Correct the members that `errors` points to.',
    text: {
      en: 'Please check the marked fields.',
      de: 'Bitte prüfen Sie die markierten Felder.',
      fr: 'Veuillez vérifier les champs marqués.',
      es: 'Revisa los campos marcados.',
    },
  },
  headers_too_large: {
    status: 431,
    title: 'Headers too large',
    when: 'The headers are larger than 16 KiB in total, or there are more than 100.',
    next: 'Send fewer or smaller cookies and headers.',
    text: {
      en: 'Your browser sent too many cookies. Delete the cookies of this site and try again.',
      de: 'Ihr Browser hat zu viele Cookies gesendet. Löschen Sie die Cookies dieser Website und versuchen Sie es noch einmal.',
      fr: 'Votre navigateur a envoyé trop de cookies. Supprimez ceux de ce site et réessayez.',
      es: 'Tu navegador ha enviado demasiadas cookies. Borra las de este sitio e inténtalo de nuevo.',
    },
  },
  internal_error: {
    status: 500,
    title: 'Internal error',
    when: 'The service failed because of a bug. Only its log has the details, under the request id.',
    next: 'Send the request id of the answer (the X-Request-Id header) to the operator of the service.',
    text: {
      en: 'Something went wrong on our side. Please try again.',
      de: 'Bei uns ist etwas schiefgegangen. Bitte versuchen Sie es noch einmal.',
      fr: 'Une erreur s’est produite de notre côté. Veuillez réessayer.',
      es: 'Algo ha fallado por nuestra parte. Inténtalo de nuevo.',
    },
  },
  unsupported_transfer_coding: {
    status: 501,
    title: 'Unsupported transfer coding',
    when: 'The Transfer-Encoding header has another value than `chunked`.',
    next: 'Send the body uncompressed, with Content-Length or with Transfer-Encoding: chunked.',
    text: WRONG_REQUEST,
  },
  overloaded: {
    status: 503,
    title: 'Overloaded',
    when: 'The queue of passwords to hash is full.',
    next: 'Retry after the number of seconds in Retry-After.',
    text: {
      en: 'The service is very busy. Please try again in a moment.',
      de: 'Der Dienst ist stark ausgelastet. Bitte versuchen Sie es gleich noch einmal.',
      fr: 'Le service est très sollicité. Veuillez réessayer dans un instant.',
      es: 'El servicio está muy ocupado. Inténtalo de nuevo en un momento.',
    },
  },
  unavailable: {
    status: 503,
    title: 'Temporarily unavailable',
    when: 'The database did not answer in time, or the service is shutting down.',
    next: 'Retry after the number of seconds in Retry-After.',
    text: {
      en: 'The service is not available right now. Please try again in a moment.',
      de: 'Der Dienst ist gerade nicht verfügbar. Bitte versuchen Sie es gleich noch einmal.',
      fr: 'Le service est momentanément indisponible. Veuillez réessayer dans un instant.',
      es: 'El servicio no está disponible ahora. Inténtalo de nuevo en un momento.',
    },
  },
})

/** The codes of `KERNEL_REFUSALS`. */
export type KernelRefusalCode = keyof typeof KERNEL_REFUSALS
