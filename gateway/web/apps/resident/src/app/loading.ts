import type { WuWeiError } from '@wuwei/api';
import { ref, shallowRef } from 'vue';
import { asError } from './wuwei';

/** What a page shows, from the first wait to the answer or what went wrong. The last answer stays until there is another. */
export function useLoading<T>(load: () => Promise<T>) {
  const data = shallowRef<T>();
  const error = shallowRef<WuWeiError>();
  const loading = ref(false);
  let last = 0;

  async function reload(): Promise<void> {
    const turn = ++last;
    loading.value = true;
    error.value = undefined;
    try {
      const answer = await load();
      if (turn === last) {
        data.value = answer;
      }
    } catch (thrown) {
      const why = asError(thrown);
      if (turn === last) {
        error.value = why;
      }
    } finally {
      if (turn === last) {
        loading.value = false;
        uni.stopPullDownRefresh();
      }
    }
  }

  return { data, error, loading, reload };
}

export interface Page<T> {
  items: T[];
  next: string;
}

/** A page of a list may be empty although more follow; so many are asked for before somebody has to ask again. */
const emptyPagesMax = 5;

/** A list that grows page by page. */
export function usePages<T>(load: (token: string) => Promise<Page<T>>) {
  const next = ref('');
  let wanted = '';
  let shown: T[] = [];
  const { data, error, loading, reload: run } = useLoading(async () => {
    const before = wanted ? shown : [];
    let page = await load(wanted);
    for (let i = 0; i < emptyPagesMax && !page.items.length && page.next; i++) {
      page = await load(page.next);
    }

    next.value = page.next;
    return shown = [...before, ...page.items];
  });
  const reload = () => {
    wanted = '';
    return run();
  };
  const more = async () => {
    if (next.value && !loading.value) {
      wanted = next.value;
      await run();
    }
  };
  return { items: data, error, loading, next, reload, more };
}
