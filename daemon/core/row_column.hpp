// One of the columns beside the URL of a row.
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string_view>

#include "core/row.hpp"

namespace gannet {

/// What stands in it: JSON null when the row has no such column, or an empty one. Nothing when its columns cannot be
/// read. `row` may be null, for one that has nothing but a URL.
std::optional<boost::json::value> column_of(const RowExtras* row, std::string_view column);

}  // namespace gannet
