#include "fetch/body_sink.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "fetch/opt_out.hpp"

namespace gannet::fetch {
namespace {

constexpr std::size_t most_trusted = 256 << 10;  // of an announced length: more room is made as bytes arrive
constexpr std::size_t most_if_crowded = 32 << 10;
constexpr std::size_t least_spooled = 32 << 10;  // of a body at a time
constexpr std::size_t most_undecided = 1 << 20;  // of a body that stays in memory to be looked at
constexpr std::size_t most_coded = 16 << 10;     // of a coded body in one receive

}  // namespace

BodySink::BodySink(const FetchSettings& settings, const EarlyCheck& check, const JobOptions* of_list)
    : settings_(settings),
      check_(check),
      of_list_(of_list),
      most_(std::min(settings.max_body, of_list ? of_list->max_body.value_or(settings.max_body) : settings.max_body)) {}

Result<void> BodySink::begin(const ResponseHead& head) {
  if (head.status == 206) return Fault{Reason::bad_response, "a part that was not asked for"};
  if (const auto refusal = opted_out(head, settings_, of_list_)) return Fault{Reason::opt_out, *refusal};
  if (!head.content_encoding.empty()) {
    const auto codings = parse_codings(head.content_encoding);
    if (!codings) return codings.error();
    if (!codings->empty()) decoders_.emplace(*codings, most_);
  }
  announced_ = head.length;
  return announce(head.length.value_or(0));
}

Result<void> BodySink::announce(std::uint64_t count) {
  if (count <= most_ - received_) return {};
  return Fault{Reason::too_large, "announced " + std::to_string(count) + " bytes"};
}

Result<void> BodySink::adopt(Body first) {
  if (decoders_) {
    coded_ = std::move(first);
    return {};
  }
  body_ = std::move(first);
  return count(body_.size());
}

void BodySink::fit(std::size_t count) {
  if (!decoders_) body_.shrink(count);
}

std::span<char> BodySink::prepare(std::size_t wished, BodyBudget::Share& held) {
  const auto most = decoders_ ? most_coded : spooled_ || held.is_crowded() ? most_if_crowded : most_trusted;
  const auto room = (decoders_ ? coded_ : body_).prepare(std::clamp<std::size_t>(wished, 1, most));
  reserve(held);
  return room;
}

void BodySink::reserve(BodyBudget::Share& held) const { held.reserve(coded_.capacity() + body_.capacity()); }

Result<void> BodySink::commit(std::size_t size) {
  if (!decoders_) {
    body_.commit(size);
    return count(size);
  }
  coded_.commit(size);
  return {};
}

Result<void> BodySink::decode_some() {
  const auto piece = coded_.view().substr(0, most_decoded);
  auto taken = append(piece);
  coded_.drop_front(piece.size());
  return taken;
}

Result<void> BodySink::append(std::string_view bytes) {
  if (!decoders_) {
    body_.append(bytes);
    return count(bytes.size());
  }
  received_ += bytes.size();
  if (received_ > most_) return too_large();
  return decoders_->decode(bytes, [this](std::string_view decoded) {
    body_.append(decoded);
    return look();
  });
}

Result<void> BodySink::relieve(BodyBudget::Share& held) {
  held.cover(body_.size());
  reserve(held);
  if (spooled_ && spooled_->fault()) return no_room(spooled_->fault()->detail);
  const bool undecided = check_ && next_look_ != std::numeric_limits<std::size_t>::max();
  if (body_.size() < least_spooled || (undecided && body_.size() < most_undecided)) return {};
  using Place = BodyBudget::Share::Place;
  const auto place = held.place(decoders_ ? most_ : announced_.value_or(most_));
  if (place == Place::none) return no_room("neither memory nor the disk has room for it");
  if (place == Place::disk) {
    next_look_ = std::numeric_limits<std::size_t>::max();
    body_.shrink();
    held.spool(spooled_, std::exchange(body_, Body()));
    reserve(held);
  }
  return {};
}

Result<Body> BodySink::finish() {
  if (decoders_ && !decoders_->ended()) {
    return Fault{Reason::short_body, "the content coding did not end within " + std::to_string(received_) + " bytes"};
  }
  body_.shrink();
  return std::move(body_);
}

Result<void> BodySink::count(std::size_t size) {
  received_ += size;
  if (received_ > most_) return too_large();
  return look();
}

// At twice the size each time: what is undecided for long costs no more than reading it once more.
Result<void> BodySink::look() {
  if (body_.size() < next_look_ || !check_) return {};
  if (!decoders_ && received_ == announced_) return {};  // a whole is looked at by who gets it
  const auto verdict = check_(body_.view(), of_list_);
  if (!verdict) return verdict.error();
  next_look_ = *verdict == EarlyVerdict::settled ? std::numeric_limits<std::size_t>::max() : body_.size() * 2;
  return {};
}

Fault BodySink::too_large() const { return {Reason::too_large, "beyond " + std::to_string(most_) + " bytes"}; }

}  // namespace gannet::fetch
