import type { WuWeiError } from '@wuwei/api';
import { computed, ref, shallowRef } from 'vue';
import { asError, wuwei } from './wuwei';

/**
 * What a page shows, from the first wait to the answer or what went wrong. The last answer stays until there is another, or what it
 * tells of is not the caller's to see.
 */
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
        if (why.retry === 'never' || why.retry === 'sign in') {
          clear();
        }
      }
    } finally {
      if (turn === last) {
        loading.value = false;
        uni.stopPullDownRefresh();
      }
    }
  }

  const clear = () => { data.value = undefined; };
  return { data, error, loading, clear, reload };
}

export interface Page<T> {
  items: T[];
  next: string;
}

/** A page of a list may be empty although more follow; so many are asked for before somebody has to ask again. */
const emptyPagesMax = 5;

/** A list that grows page by page. */
export function usePages<T>(load: (token: string) => Promise<Page<T>>) {
  let wanted = '';
  const { data, error, loading, clear, reload: run } = useLoading(async (): Promise<Page<T>> => {
    const before = wanted ? data.value?.items ?? [] : [];
    let page = await load(wanted);
    for (let i = 0; i < emptyPagesMax && !page.items.length && page.next; i++) {
      page = await load(page.next);
    }

    return { items: [...before, ...page.items], next: page.next };
  });
  const items = computed(() => data.value?.items);
  const next = computed(() => data.value?.next ?? '');
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
  return { items, error, loading, next, clear, reload, more };
}

/** Loads somebody's own: nothing is asked for while nobody is signed in. */
export function useOwn(load: () => Promise<void>) {
  let bySelf = false;
  // #ifdef MP-WEIXIN
  bySelf = true; // WeChat signs in with the first call, if the services know the account
  // #endif
  const signedIn = ref(bySelf || wuwei.signedIn);
  const reload = async () => {
    if (bySelf || wuwei.signedIn) {
      bySelf = false;
      await load();
    } else {
      uni.stopPullDownRefresh();
    }

    signedIn.value = wuwei.signedIn; // the session may have ended elsewhere
  };
  return { signedIn, reload };
}
