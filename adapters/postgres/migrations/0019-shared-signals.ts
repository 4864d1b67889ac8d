/** A reactor that tells receivers of shared signals what happens from now on, and when each was last heard of. */
export const sharedSignals = `
insert into outbox.reactor select 'ssf', position from es.head on conflict do nothing;
create table outbox.receiver (
  stream_id uuid primary key,
  seen_at timestamptz not null
);
`;
