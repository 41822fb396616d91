/** Asks for each id once, and again for what could not be had. */
export function onceEach<T>(ask: (id: string) => Promise<T>): (id: string) => Promise<T> {
  const answers = new Map<string, Promise<T>>();
  return (id) => {
    let answer = answers.get(id);
    if (!answer) {
      answer = ask(id);
      answer.catch(() => answers.delete(id));
      answers.set(id, answer);
    }

    return answer;
  };
}
