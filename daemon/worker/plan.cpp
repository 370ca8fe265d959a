#include "worker/plan.hpp"

#include <algorithm>
#include <cmath>

namespace gannet::worker {
namespace {

using decode::ResizeMode;

// Rounds halves to even numbers, as Python does; a line stays a line.
std::uint32_t scaled(std::uint32_t side, double scale) {
  return std::max(1u, static_cast<std::uint32_t>(std::nearbyint(static_cast<double>(side) * scale)));
}

Size scaled(Size picture, std::uint32_t from, std::uint32_t to) {
  const double scale = static_cast<double>(to) / static_cast<double>(from);
  return {scaled(picture.width, scale), scaled(picture.height, scale)};
}

}  // namespace

Plan plan_of(const decode::Orders& orders, Size picture) {
  Plan plan{false, picture, picture, picture};
  if (orders.resize == ResizeMode::no || orders.size == 0) return plan;
  const bool by_shorter = orders.resize == ResizeMode::keep_ratio || orders.resize == ResizeMode::center_crop;
  const std::uint32_t side =
      by_shorter ? std::min(picture.width, picture.height) : std::max(picture.width, picture.height);
  if (orders.only_if_bigger && side <= orders.size) return plan;

  plan.resized = true;
  plan.scaled = plan.cut = plan.canvas = scaled(picture, side, orders.size);
  const Size square{orders.size, orders.size};
  if (orders.resize == ResizeMode::center_crop) plan.cut = plan.canvas = square;
  if (orders.resize == ResizeMode::border) plan.canvas = square;
  return plan;
}

Size within(Size picture, std::uint32_t side) {
  const std::uint32_t longer = std::max(picture.width, picture.height);
  return longer <= side ? picture : scaled(picture, longer, side);
}

}  // namespace gannet::worker
