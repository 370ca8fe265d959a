#include "inbox/open_job.hpp"

#include <utility>

#include "core/job_options.hpp"
#include "inbox/job_file.hpp"
#include "inbox/list.hpp"

namespace gannet::inbox {

Result<std::unique_ptr<RowSource>> open_job(Job& job, const ListSettings& settings) {
  auto list = open_with_options(job.list(), settings, job.list_state);
  if (!list) return list.error();
  if (job.list_state != list->state) {
    Job known = job;
    known.list_state = list->state;
    if (const auto written = write_job_file(known); !written) {
      Fault fault = written.error();
      fault.again_in = 1s;
      return fault;
    }
    job.list_state = list->state;
  }
  job.options = std::move(list->options);
  // The folder it was dropped into says more: not everybody may be able to write into every one.
  if (job.options && job.options->priority && job.priority == Priority::normal) job.priority = *job.options->priority;
  return std::move(list->rows);
}

}  // namespace gannet::inbox
