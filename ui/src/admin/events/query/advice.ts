import { query } from '../../../client/api.js';
import { graphql, type ResultOf } from '../../../client/environment.js';

const adviceDocument = graphql(`
  query QueryAdvice($text: String!, $cursor: Int!) {
    auditQueryCompletions(text: $text, cursor: $cursor) {
      from
      to
      items {
        text
        kind
      }
      error {
        position
        message
      }
    }
  }
`);

/** What could be written at a place of a query, and what is wrong with the whole of it. */
export type Advice = ResultOf<typeof adviceDocument>['auditQueryCompletions'];
export type Completion = Advice['items'][number];

export const loadAdvice = async (text: string, cursor: number): Promise<Advice> =>
  (await query(adviceDocument, { text, cursor })).auditQueryCompletions;

const needsQuotes = /[\s()[\],=~<>!"']/;

/** A completion as it is written: values with signs of the language stand in quotes, and a word is followed by a space. */
export const written = ({ text, kind }: Completion): string => {
  if (kind === 'value') return `${needsQuotes.test(text) ? JSON.stringify(text) : text} `;
  return text.endsWith('.') ? text : `${text} `;
};
