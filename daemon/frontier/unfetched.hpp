// The end of a line that no attempt was made at, or none more.
#pragma once

#include "core/fetch_task.hpp"

namespace gannet::frontier {

inline Finished unfetched(const FetchTask& task, Fault fault) {
  Finished finished;
  finished.key = task.row.key;
  Record& record = finished.record;
  record.job = task.job;
  record.line = task.row.line;
  record.url = task.row.url;
  record.question = task.question;
  record.attempts = task.attempt - 1;
  record.reason = fault.reason;
  record.outcome = outcome_of(fault.reason);
  record.detail = std::move(fault.detail);
  return finished;
}

}  // namespace gannet::frontier
