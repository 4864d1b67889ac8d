import { query } from './api.js';
import { graphql, type ResultOf, type VariablesOf } from './environment.js';

const testDocument = graphql(`
  query TestNotificationRule($rule: NotificationRuleDraft!, $from: DateTime!, $to: DateTime!) {
    testNotificationRule(rule: $rule, from: $from, to: $to) {
      matches
      notificationsAfterSuppression
      complete
      perDay {
        day
        matches
        notifications
      }
      samples {
        id
        action
        at
        actor {
          type
          id
          label
        }
        targetType
        targetLabel
      }
    }
  }
`);

export type RuleTest = ResultOf<typeof testDocument>['testNotificationRule'];
export type RuleDraft = VariablesOf<typeof testDocument>['rule'];

const windowMs = 30 * 24 * 60 * 60 * 1000;

/** What a rule would have said in the last thirty days. */
export const testRule = async (rule: RuleDraft): Promise<RuleTest> => {
  const now = Date.now();
  const { testNotificationRule } = await query(testDocument, {
    rule,
    from: new Date(now - windowMs).toISOString(),
    to: new Date(now).toISOString(),
  });
  return testNotificationRule;
};
