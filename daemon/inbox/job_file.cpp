#include "inbox/job_file.hpp"

#include <boost/json.hpp>

#include "core/atomic_file.hpp"
#include "core/disk.hpp"
#include "core/text.hpp"

namespace gannet::inbox {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

constexpr std::size_t longest = 64 << 10;

std::string text_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

bool is_plain_name(const std::string& name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos &&
         name.find('\0') == std::string::npos;
}

}  // namespace

Result<void> write_job_file(const Job& job, Durable durable) {
  json::object object{{"id", job.id},
                      {"source", to_valid_utf8(job.source)},
                      {"priority", name_of(job.priority)},
                      {"claimed", to_rfc3339(job.claimed)},
                      {"list", job.list_name}};
  if (!job.list_state.empty()) object["list_state"] = job.list_state;
  return replace_file(job.folder / job_file_name, json::serialize(object) + '\n', durable);
}

std::optional<Job> read_job_file(const fs::path& folder) {
  std::error_code error;
  const fs::path file = folder / job_file_name;
  if (!fs::is_regular_file(fs::symlink_status(file, error))) return std::nullopt;
  const auto text = read_start(file, longest);
  if (!text) return std::nullopt;

  json::error_code broken;
  const json::value value = json::parse(*text, broken);
  if (broken || !value.is_object()) return std::nullopt;
  const json::object& object = value.get_object();
  const auto priority = parse_priority(text_of(object, "priority"));
  const auto claimed = parse_rfc3339(text_of(object, "claimed"));
  Job job{.number = 0,
          .id = text_of(object, "id"),
          .folder = folder,
          .list_name = text_of(object, "list"),
          .list_state = text_of(object, "list_state"),
          .source = text_of(object, "source")};
  if (!priority || !claimed || job.id != folder.filename() || !is_plain_name(job.list_name)) return std::nullopt;
  job.priority = *priority;
  job.claimed = *claimed;
  return job;
}

}  // namespace gannet::inbox
