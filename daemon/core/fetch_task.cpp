#include "core/fetch_task.hpp"

namespace gannet {

Result<Url> url_of(const FetchTask& task) {
  if (task.url_is_normal) return Url::of_normal(task.row.url);
  return Url::parse(task.row.url);
}

}  // namespace gannet
