import { application } from '../../domain/application/model.js';
import type { Execution } from '../../domain/flow/execution.js';
import { flow } from '../../domain/flow/model.js';
import type { ConfigView } from '../../domain/kernel/config-view.js';
import type { Json } from '../../domain/kernel/field.js';
import type { Brand } from '../http/hosts.js';

/** A title with its placeholders filled in; an unknown placeholder leaves the text as it is. */
const formatTitle = (title: string, values: Readonly<Record<string, string>>): string =>
  title.replace(/%\((\w+)\)s/g, (whole, name: string) => values[name] ?? whole);

/** Where giving up leads: back to the application that asked, else to another start. */
const cancelUrl = ({ context, next }: Execution): string => {
  if (context.authorization) return `/application/o/authorize/?cancel=${context.authorization.requestId}`;
  return `/flows/-/cancel/${next === null ? '' : `?next=${encodeURIComponent(next)}`}`;
};

/** The envelope around a challenge: what every step of a flow tells the client. */
export const flowInfo = (
  config: ConfigView,
  execution: Execution,
  brand: Brand | null,
  user: string,
): Record<string, Json> => {
  const object = config.get(flow, execution.flowId);
  const { applicationId } = execution.context;
  const app = applicationId === null ? '' : (config.get(application, applicationId)?.values.name ?? '');
  return {
    title: formatTitle(object?.values.title ?? '', { app, user }),
    background: object?.values.background || brand?.values.flowBackground || '',
    cancel_url: cancelUrl(execution),
    layout: object?.values.layout ?? 'stacked',
    execution: execution.id,
    step: execution.step,
  };
};
