import type { ErrorCode } from '@lockstep/change-events';
import { createFlowStepAnswers } from '@lockstep/marketo';
import {
  createCallbackAnswerer,
  followRequests,
  openRequestPublisher,
  reopeningStepper,
} from '@lockstep/pipelines';
import type { Lease } from '@lockstep/ports';
import { newTraceparent, retryForever, systemClock } from '@lockstep/service-runtime';
import type { Parts } from '../marketingParts.ts';

/** Publishes what was accepted, follows what becomes of it and calls flow steps back, until the signal. */
export async function serveRequests(parts: Parts, lease: Lease, signal: AbortSignal): Promise<void> {
  const { eventLog: log, stores, service } = parts;
  const { requests } = stores;
  const ended = new AbortController();
  const all = AbortSignal.any([signal, ended.signal]);
  const loops = [
    publishRequests(parts, lease, all),
    answerCallbacks(parts, lease, all),
    followRequests(
      {
        ...{ log, requests, clock: systemClock },
        onDeadLetter: (code: ErrorCode) => service.metrics.deadLetters.inc({ code }),
      },
      all,
    ),
  ].map((loop) => loop.finally(() => ended.abort()));
  // A failure of one is reported once the others have ended.
  await Promise.allSettled(loops);
  await Promise.all(loops);
}

async function publishRequests(parts: Parts, lease: Lease, signal: AbortSignal): Promise<void> {
  const { eventLog: log, stores, service, entrance } = parts;
  const { requests } = stores;
  const clock = systemClock;
  const headers = () => ({ traceparent: newTraceparent(Math.random) });
  const publisher = reopeningStepper(() => openRequestPublisher({ requests, log, lease, clock, headers }));
  await retryForever({
    component: 'marketo/requests',
    step: () => publisher.step(signal),
    rest: entrance.bell.sleep,
    ...{ signal, clock, random: Math.random, log: service.log, readiness: service.readiness },
  });
  await publisher.close();
}

async function answerCallbacks(parts: Parts, lease: Lease, signal: AbortSignal): Promise<void> {
  const { stores, service } = parts;
  const { log, readiness, metrics } = service;
  const { callbacks, requests } = stores;
  const clock = systemClock;
  const flowSteps = createFlowStepAnswers();
  const answerer = createCallbackAnswerer({
    ...{ callbacks, requests, lease, clock },
    answer: (callback, states) => flowSteps.answer(callback, states),
    onAnswered(result) {
      metrics.callbacks.inc({ result });
      if (result === 'refused')
        log.warn({ code: 'CALLBACK_REFUSED' }, 'A flow step could not be called back.');
    },
  });
  await retryForever({
    component: 'marketo/callbacks',
    step: () => answerer.step(signal),
    ...{ signal, clock, random: Math.random, log, readiness },
  });
  await flowSteps.close();
}
