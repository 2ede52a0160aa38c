import { noCounts } from '../quality/counts.ts';
import {
  type CountsView,
  countsView,
  type PresentView,
  presentView,
  type ViewerView,
  viewerView,
  worstFirst,
} from '../quality/views.ts';
import type { Sources } from './sources.ts';

/** Viewers that are listed. */
const MAX_LISTED = 100;

/** `GET /v1/sessions/:id/quality`: what the viewers of one session see and hear. */
export type SessionView = {
  readonly totals: CountsView;
  readonly present: PresentView;
  /** Those with the most stalls first. */
  readonly viewers: readonly ViewerView[];
};

export function sessionView({ quality }: Sources, id: string, nowMs: number): SessionView {
  const session = quality.session(id);
  const viewers = worstFirst(session?.viewers() ?? [], nowMs, MAX_LISTED).map((viewer) => viewerView(viewer, nowMs));
  return {
    totals: countsView(session?.counts ?? noCounts()),
    present: presentView(session?.viewers() ?? [], nowMs),
    viewers,
  };
}
