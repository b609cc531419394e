export type { CertificateKeeper, CertificateState, KeeperOptions } from './certificate-keeper.ts'
export { Certificates } from './certificates.ts'
export { type CertificateFiles, readServerCertificate } from './server-certificate.ts'
export { createTlsServer, type TlsOptions } from './tls-server.ts'
