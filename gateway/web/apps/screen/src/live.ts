/** What a stream is doing. `ended`: the screen was taken out of service, and trying again is of no use. */
export type State = 'connecting' | 'live' | 'offline' | 'ended';

export interface ServerSentEvent {
  name: string;
  data: unknown;
}

/** The server says something every 15 seconds; silence for longer means that the line is dead. */
const SILENCE_MAX_MS = 40_000;
const PAUSE_FIRST_MS = 1_000;
const PAUSE_MAX_MS = 30_000;

/**
 * Follows a stream of server-sent events for as long as the page is open: comes back by itself with the id of the last event,
 * so that nothing is missed or shown twice. EventSource would do, could it send the token in a header.
 */
export function follow(
  path: string,
  token: string,
  onEvent: (event: ServerSentEvent) => void,
  onState: (state: State) => void,
): () => void {
  const over = new AbortController();
  void run();
  return () => over.abort();

  async function run(): Promise<void> {
    let lastId = '';
    for (let pause = PAUSE_FIRST_MS; !over.signal.aborted; pause = Math.min(pause * 2, PAUSE_MAX_MS)) {
      const attempt = new AbortController();
      const stop = () => attempt.abort();
      over.signal.addEventListener('abort', stop);
      let silence = setTimeout(stop, SILENCE_MAX_MS);
      try {
        const headers: Record<string, string> = { authorization: `Bearer ${token}`, 'x-wuwei-channel': 'screen' };
        if (lastId) headers['last-event-id'] = lastId;
        const response = await fetch(path, { headers, signal: attempt.signal, cache: 'no-store' });
        if (response.status === 401) {
          onState('ended');
          return;
        }
        if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
        onState('live');
        for await (const block of blocks(response.body)) {
          clearTimeout(silence);
          silence = setTimeout(stop, SILENCE_MAX_MS);
          pause = PAUSE_FIRST_MS;
          const fields = read(block);
          if (fields.id) lastId = fields.id;
          if (fields.data) onEvent({ name: fields.event ?? 'message', data: JSON.parse(fields.data) });
        }
      } catch {
        // Whatever it was, the line is down; what is on the screen stays there meanwhile.
      } finally {
        clearTimeout(silence);
        over.signal.removeEventListener('abort', stop);
      }
      if (over.signal.aborted) return;
      onState('offline');
      await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random() / 2)));
    }
  }
}

/** The text between empty lines. */
async function* blocks(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += decoder.decode(value, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      yield text.slice(0, end);
      text = text.slice(end + 2);
    }
  }
}

function read(block: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 1).trimStart();
  }
  return fields;
}
