// Takes in the body of one response, whatever brings it: HTTP/1.1 reads straight into it, HTTP/2 hands it pieces. It
// decides everything about a response that was not an error: whether it is wanted, how large it may be, what content
// codings to take off, and by its first bytes whether to go on. No sockets, no waiting; lane thread only.
//
// A fault of any function is the verdict on the response: nothing more may be put in, and the rest of the transfer is
// to be read past or broken off, whichever is cheaper.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "core/body.hpp"
#include "core/early_check.hpp"
#include "core/settings.hpp"
#include "fetch/body_budget.hpp"
#include "fetch/content_coding.hpp"
#include "fetch/response_head.hpp"

namespace gannet::fetch {

class BodySink {
 public:
  /// All must outlive it. `of_list`, which may be null, can make the limit of a body lower.
  BodySink(const FetchSettings& settings, const EarlyCheck& check, const JobOptions* of_list = nullptr);
  BodySink(const BodySink&) = delete;
  BodySink& operator=(const BodySink&) = delete;

  /// The head of a 2xx response. Faults: `opt_out`, `too_large` as announced, `bad_response` for a part that nobody
  /// asked for and for content codings we cannot take off.
  Result<void> begin(const ResponseHead& head);

  /// So many more bytes are about to come: `too_large` if they are too many. Only for what begin() cannot know.
  Result<void> announce(std::uint64_t count);

  /// What came together with the head, in the buffer that it came in. Only before anything else was put in.
  Result<void> adopt(Body first);

  /// No more than `count` bytes will come: gives back the room beyond, since they may take their time.
  void fit(std::size_t count);

  /// Room for at least one byte, `wished` if that is sensible, to receive into; and how many bytes were received.
  std::span<char> prepare(std::size_t wished, BodyBudget::Share& held);
  Result<void> commit(std::size_t size);

  /// The same by copying, for bytes that lie between others: of a coded body `at_a_time` at most.
  Result<void> append(std::string_view bytes);

  /// Of a coded body what was adopted or committed is only taken in by this, piece by piece, since little may inflate
  /// to much: others should have a turn after each.
  bool has_coded() const { return !coded_.empty(); }
  Result<void> decode_some();

  std::size_t at_a_time() const { return decoders_ ? most_decoded : std::string_view::npos; }

  /// Moves what is there to disk when memory has no room for it and nobody needs to look at it. A fault when the disk
  /// has none either: nobody failed, the line is to be started again.
  Result<void> relieve(BodyBudget::Share& held);

  /// Nothing more comes: the body, without its codings; or its end, when the rest of it was spooled. Faults:
  /// `short_body` when a coding did not end.
  Result<Body> finish();

  /// What is on disk; or null.
  std::shared_ptr<SpooledBody> take_spooled() { return std::move(spooled_); }

  /// The most bytes of a body, as sent and as decoded.
  ByteCount most() const { return most_; }

  /// Bytes put in so far, as they were sent.
  std::uint64_t received() const { return received_ + coded_.size(); }

 private:
  static constexpr std::size_t most_decoded = 1 << 10;  // coded bytes: a mebibyte, if they inflate a thousandfold

  Result<void> count(std::size_t size);
  Result<void> look();
  void reserve(BodyBudget::Share& held) const;
  Fault too_large() const;

  const FetchSettings& settings_;
  const EarlyCheck& check_;
  const JobOptions* of_list_;
  ByteCount most_;
  std::optional<std::uint64_t> announced_;
  std::uint64_t received_ = 0;  // without what is in coded_
  Body body_;                   // of a coded body: decoded; what is not on disk
  std::shared_ptr<SpooledBody> spooled_;
  std::optional<Decoders> decoders_;  // when there are codings
  Body coded_;                        // what was received and not decoded
  std::size_t next_look_ = least_for_early_check;
};

}  // namespace gannet::fetch
