import type { CallOptions, Intent } from '@wuwei/api';
import { ref } from 'vue';
import { asError, wuwei } from './wuwei';

/**
 * One thing that a page does for somebody: while it is under way another tap does nothing, and what was never answered is tried
 * again as the same, so that it is done once.
 * @param name of the intent; left out where twice does no harm
 */
export function useDeed(name?: () => string) {
  const busy = ref(false);
  const fault = ref('');
  /** The stable name of what went wrong. */
  const reason = ref('');
  /** Whether the page shows what is no longer so. */
  const outdated = ref(false);
  let intent: Intent | undefined;

  /** @returns the answer; nothing when it failed, and `fault` says why, or when the same is under way */
  async function run<T>(call: (options: CallOptions) => Promise<T>): Promise<T | undefined> {
    if (busy.value) {
      return undefined;
    }

    busy.value = true;
    fault.value = reason.value = '';
    outdated.value = false;
    if (name && intent?.name !== name()) {
      intent = wuwei.intent(name());
    }

    try {
      const answer = await call(intent ? { intent } : {});
      intent = undefined;
      return answer;
    } catch (thrown) {
      const error = asError(thrown);
      fault.value = [error.message, ...error.fields.map((f) => f.description)]
        .filter((text, i, all) => text && all.indexOf(text) === i).join(' ');
      reason.value = error.reason;
      outdated.value = error.outdated;
      if (error.decided) {
        intent = undefined;
      }

      return undefined;
    } finally {
      busy.value = false;
    }
  }

  return { busy, fault, reason, outdated, run };
}
