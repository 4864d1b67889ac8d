import { toasts } from '../../../design/overlay/toasts.svelte.js';
import { problemText } from '../../../messages/problem.js';
import { t } from '../../../messages/t.js';
import { undoOfDeletion } from '../../history/undo.js';
import { listingOf, modelNamed } from '../../model/listing.js';
import {
  createObject,
  deleteObject,
  listObjects,
  updateObject,
  type ModelObject,
  type Reference,
} from '../../model/objects.js';

const model = modelNamed('saved_search')!;
const listing = listingOf('saved_search')!;
const most = 200;

/** A view of the log that somebody keeps. */
export interface SavedSearch extends ModelObject {
  readonly name: string;
  readonly view: string;
  readonly shared: boolean;
  readonly owner: Reference | null;
}

/** Searches of a person, and those that others share. */
export class SavedSearches {
  readonly #userId: string;
  all = $state.raw<readonly SavedSearch[] | null>(null);
  error = $state.raw<unknown>(null);

  constructor(userId: string) {
    this.#userId = userId;
  }

  get own(): readonly SavedSearch[] {
    return (this.all ?? []).filter(({ owner }) => owner?.id === this.#userId);
  }

  get ofOthers(): readonly SavedSearch[] {
    return (this.all ?? []).filter(({ owner, shared }) => shared && owner?.id !== this.#userId);
  }

  async load(): Promise<void> {
    try {
      const question = {
        first: most,
        after: null,
        search: null,
        filter: {},
        orderBy: { field: 'name', direction: 'asc' as const },
      };
      this.all = (await listObjects(listing, question)).nodes as unknown as readonly SavedSearch[];
      this.error = null;
    } catch (error) {
      this.error = error;
    }
  }

  /** Keeps a view under a name. Throws `ApiError`. */
  async save(name: string, view: string, shared: boolean): Promise<void> {
    await createObject(model, { name, view, shared, owner: this.#userId });
    toasts.success(t('saved_search.saved', { name }));
    await this.load();
  }

  share({ id, revision }: SavedSearch, shared: boolean): Promise<void> {
    return this.#doing(() => updateObject(model, id, { shared }, revision));
  }

  /** Deletes a search, and offers to bring it back. */
  delete({ id, name }: SavedSearch): Promise<void> {
    return this.#doing(async () => {
      await deleteObject(listing, id);
      toasts.success(
        t('saved_search.deleted', { name }),
        undoOfDeletion([{ category: model.category, id }], () => void this.load()),
      );
    });
  }

  async #doing(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      toasts.error(problemText(error));
    }
    await this.load();
  }
}
