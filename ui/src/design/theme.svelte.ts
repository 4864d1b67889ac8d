export const themeChoices = ['auto', 'light', 'dark'] as const;
export type ThemeChoice = (typeof themeChoices)[number];

const key = 'muniment.theme';

const stored = (): ThemeChoice => {
  const value = localStorage.getItem(key);
  return value === 'light' || value === 'dark' ? value : 'auto';
};

const apply = (choice: ThemeChoice): void => {
  if (choice === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = choice;
};

/** Light, dark, or what the system prefers; kept in this browser. */
class Theme {
  #choice = $state<ThemeChoice>(stored());

  constructor() {
    apply(this.#choice);
  }

  get choice(): ThemeChoice {
    return this.#choice;
  }

  set choice(choice: ThemeChoice) {
    this.#choice = choice;
    localStorage.setItem(key, choice);
    apply(choice);
  }
}

export const theme = new Theme();
