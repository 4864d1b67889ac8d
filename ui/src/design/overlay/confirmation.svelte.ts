export interface Question {
  readonly title: string;
  readonly text: string;
  readonly action: string;
  readonly danger?: boolean;
}

/** A question that must be answered before something goes on. One at a time. */
class Confirmation {
  question = $state.raw<Question | null>(null);
  #answer: ((agreed: boolean) => void) | null = null;

  ask(question: Question): Promise<boolean> {
    this.answer(false);
    this.question = question;
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
  }

  answer(agreed: boolean): void {
    this.question = null;
    this.#answer?.(agreed);
    this.#answer = null;
  }
}

export const confirmation = new Confirmation();
