import { requestRank, type MarketerRequest } from '@lockstep/change-events';
import type { CallbackStore, FlowStepCallback, RequestStore } from '../requestStore.ts';

/** Requests in memory, in the order in which they were accepted. */
export function inMemoryRequests(): RequestStore {
  const stored = new Map<string, MarketerRequest>();
  const open = new Set<string>();

  return {
    async accept(requests) {
      for (const request of requests) {
        if (stored.has(request.requestId)) continue;
        stored.set(request.requestId, request);
        open.add(request.requestId);
      }
      return requests.map((request) => stored.get(request.requestId) ?? request);
    },
    async find(requestIds) {
      return new Map(
        requestIds.flatMap((id) => {
          const request = stored.get(id);
          return request ? [[id, request] as const] : [];
        }),
      );
    },
    unpublished: async (limitMax) =>
      [...stored.values()].filter(({ requestId }) => open.has(requestId)).slice(0, limitMax),
    async markPublished(requestIds) {
      for (const id of requestIds) open.delete(id);
    },
    async advance(requests) {
      for (const { requestId, state, at, code, detail } of requests) {
        const known = stored.get(requestId);
        const next = known && { ...known, state, at, code, detail };
        if (next && requestRank(next) > requestRank(known)) stored.set(requestId, next);
      }
    },
  };
}

/** Callbacks in memory. */
export function inMemoryCallbacks(): CallbackStore {
  const stored = new Map<string, FlowStepCallback>();

  return {
    async add(callback) {
      if (!stored.has(callback.callbackId)) stored.set(callback.callbackId, callback);
    },
    due: async (nowMs, limitMax) =>
      [...stored.values()]
        .filter(({ dueAtMs }) => dueAtMs <= nowMs)
        .sort((a, b) => a.dueAtMs - b.dueAtMs)
        .slice(0, limitMax),
    async postpone(callbackId, next) {
      const known = stored.get(callbackId);
      if (known) stored.set(callbackId, { ...known, ...next });
    },
    remove: async (callbackId) => void stored.delete(callbackId),
  };
}
