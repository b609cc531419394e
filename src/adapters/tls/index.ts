export { certificateError, type Peer } from './certificate-error.ts'
export { trustedCertificates } from './trusted-certificates.ts'
