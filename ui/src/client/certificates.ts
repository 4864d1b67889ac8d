import { mutate } from './api.js';
import { graphql, type VariablesOf } from './environment.js';

const generateDocument = graphql(`
  mutation GenerateCertificate($name: String!, $algorithm: KeyAlgorithm!, $days: Int!) {
    generateCertificate(name: $name, algorithm: $algorithm, days: $days) {
      certificate {
        id
      }
      position
    }
  }
`);

export type KeyPairRequest = VariablesOf<typeof generateDocument>;

/** Makes a key pair in a self-signed certificate; returns its id. */
export const generateCertificate = async (request: KeyPairRequest): Promise<string | null> =>
  (await mutate(generateDocument, request)).generateCertificate.certificate?.id ?? null;
