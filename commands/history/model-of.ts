import type { Model } from '../../domain/kernel/model.js';
import { models } from '../../domain/models.generated.js';

/** The declared model behind a stream prefix and, in a family, a kind. */
export const modelOf = (category: string, kind: string | null): Model | undefined =>
  models.find((model) => model.category === category && model.kind === kind);

/** Whether a stream prefix belongs to declared models. */
export const isModelCategory = (category: string): boolean =>
  models.some((model) => model.category === category);
