#include "store/store.hpp"

#include <pthread.h>

namespace gannet::store {

// A thread that writes files; its mailbox keeps the order.
class Store::Writer {
 public:
  Writer(Store& store, unsigned number, std::unique_ptr<Catalogue::Finder> finder)
      : store_(store), finder_(std::move(finder)), mailbox_([this] { bell_.ring(); }) {
    thread_ = std::thread([this, number] {
      pthread_setname_np(pthread_self(), ("writer-" + std::to_string(number)).c_str());
      run();
    });
  }
  ~Writer() {
    stop_ = true;
    bell_.ring();
    thread_.join();
  }

  void post(Finished finished) { mailbox_.post(std::move(finished)); }

 private:
  void run() {
    while (!stop_) {
      bell_.wait();
      drain();
    }
    drain();
  }
  void drain() {
    mailbox_.drain([this](Finished&& finished) { store_.write(std::move(finished), finder_.get()); });
  }

  Store& store_;
  std::unique_ptr<Catalogue::Finder> finder_;  // or null
  std::atomic<bool> stop_{false};
  Bell bell_;
  Mailbox<Finished> mailbox_;
  std::thread thread_;
};

Store::Store(const Layout& layout, const StoreSettings& settings, Callbacks callbacks, Catalogue* catalogue)
    : settings_(settings),
      callbacks_(std::move(callbacks)),
      images_(make_file_store(layout, settings)),
      gate_(layout.root, settings.min_free, {[this] { return probe(); }, callbacks_.room_made}),
      committer_(*images_, gate_, settings, {callbacks_.committed, callbacks_.broken}) {
  for (unsigned i = 0; i < settings.writers; ++i) {
    auto finder = catalogue && settings.hard_links ? catalogue->make_finder() : nullptr;
    writers_.push_back(std::make_unique<Writer>(*this, i, std::move(finder)));
  }
}

Store::~Store() {
  gate_.stop();
  writers_.clear();
}

Result<void> Store::probe() {
  const auto staged = images_->stage("a probe");
  if (!staged) return staged.error();
  images_->discard(*staged);
  return {};
}

void Store::accept(Finished finished) {
  if (finished.record.outcome != Outcome::ok || !finished.record.path.empty()) {
    committer_.post({std::move(finished.record), {}, 0, {}});
    return;
  }
  unwritten_.fetch_add(finished.body.capacity(), std::memory_order_relaxed);
  unwritten_images_.fetch_add(1, std::memory_order_relaxed);
  const auto turn = next_writer_.fetch_add(1, std::memory_order_relaxed);
  writers_[turn % writers_.size()]->post(std::move(finished));
}

Result<std::string> Store::stage(std::string_view bytes, std::string_view sha256, Catalogue::Finder* finder) {
  if (const auto path = finder && !sha256.empty() ? finder->find(sha256, bytes.size()) : std::nullopt) {
    if (auto linked = images_->stage_link(bytes, *path)) {
      finder->count_link();
      return linked;
    }
  }
  return gate_.insist(bytes.size(), [&] { return images_->stage(bytes); });
}

void Store::write(Finished finished, Catalogue::Finder* finder) {
  Staging staging{std::move(finished.record), {}, finished.key, finished.extension};
  auto staged = stage(finished.body.view(), staging.record.sha256, finder);
  if (!staged && staged.error().reason == Reason::cancelled) return;  // without a record: the next run fetches it
  if (staged) {
    staging.image = std::move(*staged);
  } else {
    mark_not_stored(staging.record, staged.error());
  }
  for (auto& [side, body] : finished.thumbnails) {
    if (staging.image.empty()) break;
    if (auto small = images_->stage(body.view())) staging.thumbnails.emplace_back(side, std::move(*small));
  }
  const auto size = finished.body.capacity();
  finished.body = Body();
  const auto bytes = unwritten_.fetch_sub(size, std::memory_order_relaxed);
  const auto images = unwritten_images_.fetch_sub(1, std::memory_order_relaxed);
  committer_.post(std::move(staging));
  const bool was_full = bytes >= settings_.memory && bytes - size < settings_.memory;
  if (was_full || images == most_unwritten) callbacks_.room_made();
}

}  // namespace gannet::store
