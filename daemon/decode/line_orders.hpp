// What is asked of a worker for the image of one line: by the configuration, its list, and the column with boxes to
// blur. Pure functions, any thread.
#pragma once

#include "core/job_options.hpp"
#include "core/row.hpp"

namespace gannet::decode {

/// `list` and `row` may be null. The fault, `decode_failed`, is that the row's boxes cannot be read: its image is not
/// to be stored as if there were none.
Result<Orders> orders_of(const DecodeSettings& settings, const JobOptions* list, const RowExtras* row);

/// Whether what the list asks for may make a stored image another than what came.
bool change_images(const DecodeSettings& settings, const JobOptions* list);

}  // namespace gannet::decode
