#include "decode/line_orders.hpp"

#include <boost/json.hpp>

#include "core/row_column.hpp"

namespace gannet::decode {
namespace {

namespace json = boost::json;

std::optional<Box> box_of(const json::value& value) {
  if (!value.is_array() || value.get_array().size() != 4) return std::nullopt;
  std::array<float, 4> sides{};
  for (std::size_t i = 0; i < sides.size(); ++i) {
    boost::system::error_code error;
    const auto side = value.get_array()[i].to_number<double>(error);
    if (error || !(side >= 0 && side <= 1)) return std::nullopt;
    sides[i] = static_cast<float>(side);
  }
  if (sides[0] > sides[2] || sides[1] > sides[3]) return std::nullopt;
  return Box{sides[0], sides[1], sides[2], sides[3]};
}

Result<void> take_boxes(const std::string& column, const RowExtras* row, Orders& orders) {
  const auto unreadable = [&] {
    return Fault{Reason::decode_failed, column + ": not a list of at most " + std::to_string(most_blurred) +
                                            " boxes [left, top, right, bottom], each from 0 to 1"};
  };
  const auto found = column_of(row, column);
  if (!found) return unreadable();
  if (found->is_null()) return {};
  json::value boxes = *found;
  if (boxes.is_string()) {  // of a CSV
    boost::system::error_code error;
    boxes = json::parse(found->get_string(), error);
    if (error) return unreadable();
  }
  if (!boxes.is_array() || boxes.get_array().size() > most_blurred) return unreadable();
  for (const auto& one : boxes.get_array()) {
    const auto box = box_of(one);
    if (!box) return unreadable();
    orders.boxes[orders.blurred++] = *box;
  }
  return {};
}

Orders for_list(Orders orders, const JobOptions* list) {
  if (!list) return orders;
  orders.verify = list->verify.value_or(orders.verify);
  orders.resize = list->resize.value_or(orders.resize);
  orders.only_if_bigger = list->only_if_bigger.value_or(orders.only_if_bigger);
  orders.size = list->resize_size.value_or(orders.size);
  orders.encoding = list->encoding.value_or(orders.encoding);
  orders.quality = list->quality.value_or(orders.quality);
  orders.keep_metadata = list->keep_metadata.value_or(orders.keep_metadata);
  orders.thumbnails = list->thumbnails.value_or(orders.thumbnails);
  orders.exif = list->exif.value_or(orders.exif);
  orders.hash = list->perceptual_hash.value_or(orders.hash);
  return orders;
}

const std::string& blur_column(const DecodeSettings& settings, const JobOptions* list) {
  return list && list->blur_column ? *list->blur_column : settings.blur_column;
}

}  // namespace

Result<Orders> orders_of(const DecodeSettings& settings, const JobOptions* list, const RowExtras* row) {
  Orders orders = for_list(settings.orders, list);
  if (auto taken = take_boxes(blur_column(settings, list), row, orders); !taken) return taken.error();
  return orders;
}

bool change_images(const DecodeSettings& settings, const JobOptions* list) {
  if (settings.workers == 0) return false;
  return for_list(settings.orders, list).change_image() || !blur_column(settings, list).empty();
}

}  // namespace gannet::decode
