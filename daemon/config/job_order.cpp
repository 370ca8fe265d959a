#include "config/job_order.hpp"

#include <algorithm>

#include "config/list_keys.hpp"
#include "config/values.hpp"
#include "config/yaml_text.hpp"
#include "core/text.hpp"

namespace gannet::config {
namespace {

constexpr std::string_view list_key = "list";

bool is_plain_path(const std::string& text) {
  const std::filesystem::path path(text);
  return path.is_absolute() && path.has_filename() && std::ranges::find(path, "..") == path.end() &&
         std::ranges::none_of(text, is_control);
}

class Walk {
 public:
  explicit Walk(JobOrder& order) : order_(order) {}

  // What is wrong, as a sentence.
  std::optional<std::string> section(const YAML::Node& map, const std::string& name) {
    for (const auto& entry : map) {
      const auto line = static_cast<std::uint64_t>(line_of(entry.first.Mark()));
      if (!entry.first.IsScalar()) return at_line(line, describe(entry.first) + " is not the name of a key");
      const std::string key = name.empty() ? entry.first.Scalar() : name + '.' + entry.first.Scalar();
      if (auto wrong = member(key, entry.second, line)) return wrong;
    }
    return std::nullopt;
  }

 private:
  std::optional<std::string> member(const std::string& name, const YAML::Node& value, std::uint64_t line) {
    if (is_list_section(name)) {
      if (value.IsMap() || value.IsNull()) return section(value, name);
      return at_line(line, name + ": " + describe(value) + " is not accepted; this is a section of keys");
    }
    if (name != list_key && !find_list_key(name)) return at_line(line, not_for_lists(name));
    if (value.IsMap() || value.IsSequence()) {
      return at_line(line, name + ": " + describe(value) + " is not accepted; one value is");
    }
    const std::string text = value.IsNull() ? "" : value.Scalar();
    if (name != list_key) return order_.options.put(line, name, text);
    if (!order_.list.empty()) return at_line(line, "list: given twice");
    if (!is_plain_path(text)) {
      return at_line(line,
                     "list: '" + on_one_line(text) + "' is not accepted; the absolute path of a list, without ..");
    }
    order_.list = text;
    return std::nullopt;
  }

  JobOrder& order_;
};

}  // namespace

Result<JobOrder> read_job_order(const std::string& text) {
  YAML::Node root;
  JobOrder order;
  std::optional<std::string> wrong;
  if (const auto mistake = read_text(text, root)) {
    wrong = mistake->line > 0 ? at_line(static_cast<std::uint64_t>(mistake->line), mistake->text) : mistake->text;
  } else if (!root.IsMap()) {
    wrong = "no keys; a .job file has at least list: /path/of/the/list";
  } else {
    wrong = Walk(order).section(root, "");
  }
  if (!wrong && order.list.empty()) wrong = "no list; a .job file says which, as list: /path/of/the/list";
  if (wrong) return Fault{Reason::bad_url, std::move(*wrong)};
  return order;
}

}  // namespace gannet::config
