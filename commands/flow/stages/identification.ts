import { z } from 'zod';
import { flow } from '../../../domain/flow/model.js';
import { application } from '../../../domain/application/model.js';
import { identificationStage } from '../../../domain/stage/identification/model.js';
import type { Json } from '../../../domain/kernel/field.js';
import { ask, defineStage, readResponse, retry, solved } from '../stage-behaviour.js';
import { verifyPassword } from '../verify-password.js';

const failure = 'Failed to authenticate.';

const responseSchema = z.object({
  uid_field: z.string().trim().min(1, 'This field is required.').max(254),
  password: z.string().max(1024).optional(),
});

/** Who are you? Finds the user, and says nothing about whether there is one. */
export const identification = defineStage(identificationStage, {
  enter: ({ stage, unit, context, flow: current }) => {
    const { config } = unit.ports;
    const slugOf = (flowId: string | null): string | null =>
      flowId === null ? null : (config.get(flow, flowId)?.values.slug ?? null);
    const link = (flowId: string | null): Json => {
      const slug = slugOf(flowId);
      return slug === null ? null : `/if/flow/${slug}/`;
    };
    return Promise.resolve(
      ask({
        component: 'ak-stage-identification',
        user_fields: stage.values.userFields,
        password_fields: stage.values.passwordStage !== null,
        application_pre:
          context.applicationId === null
            ? null
            : (config.get(application, context.applicationId)?.values.name ?? null),
        enroll_url: link(stage.values.enrollmentFlow),
        recovery_url: link(stage.values.recoveryFlow),
        passwordless_url: null,
        primary_action: current.values.designation === 'authentication' ? 'Log in' : 'Continue',
        flow_designation: current.values.designation,
        sources: [],
        show_source_labels: false,
        pending_user_identifier: context.loginHint ?? '',
      }),
    );
  },
  answer: async (run, response) => {
    const { stage, unit } = run;
    const read = readResponse(responseSchema, response);
    if ('result' in read) return read.result;
    const { uid_field: typed, password } = read.value;
    if (stage.values.passwordStage !== null && (password === undefined || password === ''))
      return retry('password', 'This field is required.', 'required');
    const user = await unit.ports.users.byIdentifier(
      typed,
      stage.values.userFields,
      stage.values.caseInsensitiveMatching,
    );
    const shown = { typedIdentifier: typed, showMatchedUser: stage.values.showMatchedUser };
    if (stage.values.passwordStage !== null) {
      const verified = await verifyPassword(run, user, typed, password ?? '');
      if (!verified || !user) return retry('non_field_errors', failure);
      return solved({
        pendingUser: { known: true, id: user.id },
        ...shown,
        passwordVerified: true,
        authMethod: 'password',
        amr: ['pwd'],
      });
    }
    if (user) return solved({ pendingUser: { known: true, id: user.id }, ...shown });
    if (!stage.values.pretendUserExists) return retry('non_field_errors', failure);
    return solved({ pendingUser: { known: false, identifier: typed }, ...shown });
  },
});
