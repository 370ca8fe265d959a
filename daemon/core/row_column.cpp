#include "core/row_column.hpp"

#include <boost/json.hpp>

namespace gannet {

namespace json = boost::json;

std::optional<json::value> column_of(const RowExtras* row, std::string_view column) {
  if (column.empty() || !row || row->columns.empty()) return nullptr;
  boost::system::error_code error;
  const auto columns = json::parse(row->columns, error);
  if (error || !columns.is_object()) return std::nullopt;
  const auto* found = columns.get_object().if_contains(column);
  if (!found || (found->is_string() && found->get_string().empty())) return nullptr;
  return *found;
}

}  // namespace gannet
