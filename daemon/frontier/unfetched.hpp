// The end of a line that no attempt was made at, or none more.
#pragma once

#include "core/fetch_task.hpp"

namespace gannet::frontier {

inline Finished finished_of(const FetchTask& task) {
  Finished finished;
  finished.key = task.row.key;
  Record& record = finished.record;
  record.job = task.job;
  record.line = task.row.line;
  record.url = task.row.url;
  record.question = task.question;
  if (task.trail) record.final_url = task.trail->url;
  return finished;
}

inline Finished unfetched(const FetchTask& task, Fault fault) {
  Finished finished = finished_of(task);
  Record& record = finished.record;
  record.attempts = task.trail ? task.attempt : task.attempt - 1;
  record.reason = fault.reason;
  record.outcome = outcome_of(fault.reason);
  record.detail = std::move(fault.detail);
  return finished;
}

/// With what task.earlier says.
inline Finished from_catalogue(const FetchTask& task) {
  Finished finished = finished_of(task);
  take_result(finished.record, *task.earlier);
  finished.record.final_url = task.earlier->final_url;
  return finished;
}

}  // namespace gannet::frontier
