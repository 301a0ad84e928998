import './kernel/supported-node.ts'

export { createSmtpMailer, type SmtpMailer, type SmtpMailerOptions } from './mail/smtp.ts'
