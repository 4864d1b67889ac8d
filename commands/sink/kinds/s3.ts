import type { StateOf } from '../../../domain/kernel/model.js';
import type { s3Sink } from '../../../domain/sink/s3/model.js';
import { delivered, refusalOf, type OpenEndpoint, type SinkBatch, type SinkOutcome } from '../endpoint.js';

type Values = StateOf<(typeof s3Sink)['fields']>;

const dayMs = 24 * 60 * 60 * 1000;

/** Name of an object: told by its records alone, so that a repetition replaces it with the same. */
export const objectName = (prefix: string | null, { label, records }: SinkBatch): string => {
  const first = records[0]!;
  const hour = first.occurredAt.slice(0, 13).replace(/[-T]/g, '/');
  const range = `${String(first.position)}-${String(records.at(-1)!.position)}`;
  const parts = [
    ...(prefix === null ? [] : [prefix.replace(/^\/+|\/+$/g, '')]),
    ...(label === null ? [] : ['replay', label]),
    `${hour}/${range}.ndjson.gz`,
  ];
  return parts
    .join('/')
    .split('/')
    .map((part) => encodeURIComponent(part))
    .join('/');
};

/** Puts each batch as one compressed object and its digest beside it; with object lock nobody can delete them early. */
export const openS3: OpenEndpoint<Values> = ({ ways, now, reveal }, { values }) => {
  const lockHeaders = (batch: SinkBatch): Readonly<Record<string, string>> => ({
    ...(values.lockMode === 'none'
      ? {}
      : {
          'x-amz-object-lock-mode': values.lockMode.toUpperCase(),
          // From the entries' time on: a repetition says the same.
          'x-amz-object-lock-retain-until-date': new Date(
            Date.parse(batch.records.at(-1)!.occurredAt) + values.retainDays * dayMs,
          ).toISOString(),
        }),
    ...(values.legalHold ? { 'x-amz-object-lock-legal-hold': 'ON' } : {}),
  });

  const put = async (
    name: string,
    body: Uint8Array,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<SinkOutcome | null> => {
    const digest = ways.sha256(body);
    const request = {
      url: `${values.endpoint.replace(/\/+$/, '')}/${encodeURIComponent(values.bucket)}/${name}`,
      method: 'PUT' as const,
      headers: {
        ...headers,
        'x-amz-checksum-sha256': digest.base64,
        'x-amz-content-sha256': digest.hex,
      },
      body,
    };
    const credentials = {
      accessKeyId: values.accessKeyId,
      secretAccessKey: (await reveal(values.secretAccessKey)) ?? '',
      region: values.region,
      service: 's3',
    };
    const signed = await ways.signAws(request, credentials, now());
    return refusalOf(await ways.http.exchange({ ...request, headers: signed, signal }));
  };

  return {
    deliver: async (batch, signal) => {
      const name = objectName(values.prefix, batch);
      const body = await ways.gzip(batch.records.map(({ line }) => `${line}\n`).join(''));
      const lock = lockHeaders(batch);
      const digest = new TextEncoder().encode(`${ways.sha256(body).hex}  ${name.split('/').at(-1)!}\n`);
      return (
        (await put(name, body, { 'content-type': 'application/gzip', ...lock }, signal)) ??
        (await put(`${name}.sha256`, digest, { 'content-type': 'text/plain', ...lock }, signal)) ??
        delivered
      );
    },
    close: () => Promise.resolve(),
  };
};
