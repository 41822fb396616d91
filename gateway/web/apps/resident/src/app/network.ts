import { ref } from 'vue';

/** Whether the device has no network. */
export const offline = ref(false);

export function followNetwork(): void {
  uni.getNetworkType({ success: ({ networkType }) => { offline.value = networkType === 'none'; } });
  uni.onNetworkStatusChange(({ isConnected }) => { offline.value = !isConnected; });
}
