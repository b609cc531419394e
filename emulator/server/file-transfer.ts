/**
 * The answer to `PUT` and `GET`: where to take or leave files, with credentials for cloud storage
 * (driver-protocol.md#file-transfer). Both are invented: a gateway in front must refuse to hand them on, and a driver
 * that gets them reaches nothing but the emulator's own storage port.
 */
import type { FileTransfer } from '../engine.ts'
import { fileTransferType } from './statement-types.ts'
import type { StorageLinks } from './storage-links.ts'

const UPLOAD_THREADS = 4
const MULTIPART_THRESHOLD = 209_715_200
const SMALL_KEY_ID = 92_019_681_909_886n
/** Above 2^53 and odd: rounded by a double. Snowflake's ids of storage keys get that large. */
const BIG_KEY_ID = 92_019_681_909_886_241n

/** Credentials that open nothing; a test looks for them in what a gateway lets through. */
export const INVENTED_CREDENTIALS = {
  AWS_KEY_ID: 'AKIAEMULATORINVENTED',
  AWS_SECRET_KEY: 'invented-secret-key-of-the-emulator',
  AWS_TOKEN: 'invented-session-token-of-the-emulator',
  AWS_ID: 'AKIAEMULATORINVENTED',
  AWS_KEY: 'invented-secret-key-of-the-emulator',
} as const

export function fileTransferAnswer(
  queryId: string,
  transfer: FileTransfer,
  settings: { readonly links: StorageLinks; readonly bigIntegers: boolean },
): Readonly<Record<string, unknown>> {
  const isUpload = transfer.command === 'UPLOAD'
  const material = {
    queryStageMasterKey: Buffer.from('invented-master').toString('base64'),
    queryId,
    smkId: settings.bigIntegers ? BIG_KEY_ID : SMALL_KEY_ID,
  }
  const stageInfo = {
    locationType: 'S3',
    location: `emulator-stage/${encodeURIComponent(transfer.stage)}/`,
    path: `${encodeURIComponent(transfer.stage)}/`,
    region: 'us-west-2',
    storageAccount: null,
    isClientSideEncrypted: true,
    ciphers: 'AES_CBC',
    creds: INVENTED_CREDENTIALS,
    presignedUrl: null,
    endPoint: settings.links.host,
    useS3RegionalUrl: false,
    useRegionalUrl: false,
    useVirtualUrl: false,
    credExpiryTime: 0,
  }
  return {
    command: transfer.command,
    operation: 'Node',
    kind: null,
    // Only what the statement itself names: a server's answer decides which local files a driver reads.
    src_locations: [isUpload ? transfer.localPath : transfer.stage],
    localLocation: isUpload ? null : transfer.localPath,
    parallel: UPLOAD_THREADS,
    threshold: MULTIPART_THRESHOLD,
    autoCompress: true,
    overwrite: false,
    sourceCompression: 'auto_detect',
    clientShowEncryptionParameter: true,
    queryId,
    encryptionMaterial: isUpload ? material : [material],
    stageInfo,
    ...(isUpload && { uploadInfo: stageInfo }),
    statementTypeId: fileTransferType(transfer.command),
  }
}
