import { ref } from 'vue';

/** Whether the device has no network. */
export const offline = ref(false);

export function followNetwork(): void {
  // #ifdef H5
  // uni-app follows the kind of network only, which browsers on a cable do not tell.
  const look = () => { offline.value = !navigator.onLine; };
  window.addEventListener('online', look);
  window.addEventListener('offline', look);
  look();
  // #endif
  // #ifndef H5
  uni.getNetworkType({ success: ({ networkType }) => { offline.value = networkType === 'none'; } });
  uni.onNetworkStatusChange(({ isConnected }) => { offline.value = !isConnected; });
  // #endif
}
