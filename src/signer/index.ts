export { addressOfKey, KeystoreFault, keystoreAddress, openKeystore, sealKeystore } from './keystore.ts';
export { limitsOf, type SignerLimits } from './limits.ts';
export { openLocalSigner, openSignerSession, type SignerSetup } from './open-signer.ts';
export type { ParentWord } from './protocol.ts';
export { connectSigner, SIGNER_DESCRIPTOR } from './signer-socket.ts';
