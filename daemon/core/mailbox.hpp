// The one tool between threads: any thread posts a value, the owner's thread drains them in the order they came.
// Posting is lock-free; the owner is woken once for a whole batch, not for every value.
#pragma once

#include <atomic>
#include <functional>
#include <utility>

namespace gannet {

template <class T>
class Mailbox {
 public:
  /// `wake` is called, on the posting thread, when the mailbox stops being empty. It must make the owner drain soon.
  explicit Mailbox(std::function<void()> wake) : wake_(std::move(wake)) {}
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;
  ~Mailbox() {
    drain([](T&&) {});
  }

  /// Any thread.
  void post(T value) {
    auto* node = new Node{std::move(value), nullptr};
    Node* older = newest_.load(std::memory_order_relaxed);
    do {
      node->older = older;  // the node belongs to the owner as soon as the exchange succeeds
    } while (!newest_.compare_exchange_weak(older, node, std::memory_order_release, std::memory_order_relaxed));
    if (older == nullptr) wake_();
  }

  /// The owner's thread. Calls `take` for each value posted so far, oldest first.
  template <class Take>
  void drain(Take&& take) {
    Node* node = newest_.exchange(nullptr, std::memory_order_acquire);
    Node* oldest = nullptr;
    while (node) oldest = std::exchange(node, std::exchange(node->older, oldest));
    while (oldest) {
      Node* next = oldest->older;
      take(std::move(oldest->value));
      delete oldest;
      oldest = next;
    }
  }

 private:
  struct Node {
    T value;
    Node* older;
  };

  std::function<void()> wake_;
  std::atomic<Node*> newest_{nullptr};
};

}  // namespace gannet
