#include "net/mailbox.h"

#include <poll.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

namespace odradek {
namespace {

using Tasks = std::vector<std::unique_ptr<ReactorTask>>;

bool is_signalled(Mailbox& mailbox) {
  pollfd watched{mailbox.wake_up().fd(), POLLIN, 0};
  return ::poll(&watched, 1, 0) == 1;
}

void run_all(Tasks* tasks) {
  for (auto& task : *tasks) task->run();
  tasks->clear();
}

TEST_CASE("mail comes out in the order of the posts, once") {
  Mailbox mailbox;
  std::vector<int> ran;
  for (int i = 0; i < 10; ++i) mailbox.post(make_task([&ran, i] { ran.push_back(i); }));
  Tasks tasks;
  mailbox.take(&tasks);
  CHECK(tasks.size() == 10);
  run_all(&tasks);
  CHECK(ran == std::vector{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  mailbox.take(&tasks);
  CHECK(tasks.empty());
}

TEST_CASE("what was taken before stays in front") {
  Mailbox mailbox;
  std::vector<int> ran;
  Tasks tasks;
  for (int i = 0; i < 3; ++i) {
    mailbox.post(make_task([&ran, i] { ran.push_back(i); }));
    mailbox.take(&tasks);
  }
  run_all(&tasks);
  CHECK(ran == std::vector{0, 1, 2});
}

TEST_CASE("a task may own what can only be moved, and is destroyed without having run") {
  Mailbox mailbox;
  auto owned = std::make_shared<int>(7);
  const std::weak_ptr<int> watched = owned;
  mailbox.post(make_task([held = std::make_unique<std::shared_ptr<int>>(std::move(owned))] {}));
  CHECK_FALSE(watched.expired());
  Tasks tasks;
  mailbox.take(&tasks);
  tasks.clear();
  CHECK(watched.expired());
}

TEST_CASE("only a sleeper is woken, and once per burst") {
  Mailbox mailbox;
  mailbox.post(make_task([] {}));
  CHECK_FALSE(is_signalled(mailbox));  // awake: it looks by itself
  CHECK_FALSE(mailbox.may_sleep());    // there is mail
  Tasks tasks;
  mailbox.take(&tasks);
  REQUIRE(mailbox.may_sleep());
  for (int i = 0; i < 5; ++i) mailbox.post(make_task([] {}));
  CHECK(is_signalled(mailbox));
  mailbox.woke();
  mailbox.wake_up().drain();
  CHECK_FALSE(is_signalled(mailbox));
  mailbox.post(make_task([] {}));
  CHECK_FALSE(is_signalled(mailbox));
}

// The owner sleeps whenever it may, so one lost wake-up stops the test for good: it then ends by
// the poll's time limit.
TEST_CASE("no post is lost or kept waiting, whatever the moment") {
  constexpr int kPosters = 3;
  constexpr int kPosts = 20000;
  Mailbox mailbox;
  std::vector<int> next(kPosters, 0);  // of each poster; the owner's thread alone
  int received = 0;
  bool in_order = true;
  std::vector<std::thread> posters;
  for (int poster = 0; poster < kPosters; ++poster) {
    posters.emplace_back([&, poster] {
      for (int i = 0; i < kPosts; ++i) {
        mailbox.post(make_task([&, poster, i] {
          in_order = in_order && next[static_cast<size_t>(poster)]++ == i;
          ++received;
        }));
        if (i % 64 == 0) std::this_thread::yield();
      }
    });
  }
  bool timed_out = false;
  Tasks tasks;
  while (received < kPosters * kPosts && !timed_out) {
    if (mailbox.may_sleep()) {
      pollfd watched{mailbox.wake_up().fd(), POLLIN, 0};
      timed_out = ::poll(&watched, 1, 20000) == 0;
      mailbox.woke();
      mailbox.wake_up().drain();
    }
    mailbox.take(&tasks);
    run_all(&tasks);
  }
  for (std::thread& poster : posters) poster.join();
  CHECK_FALSE(timed_out);
  CHECK(in_order);
  CHECK(received == kPosters * kPosts);
}

TEST_CASE("a wake-up adds up to one, and a drained one is silent") {
  WakeUp wake_up;
  REQUIRE(wake_up.is_open());
  pollfd watched{wake_up.fd(), POLLIN, 0};
  CHECK(::poll(&watched, 1, 0) == 0);
  wake_up.drain();  // nothing to drain is no error
  for (int i = 0; i < 1000; ++i) wake_up.signal();
  CHECK(::poll(&watched, 1, 0) == 1);
  wake_up.drain();
  watched.revents = 0;
  CHECK(::poll(&watched, 1, 0) == 0);
  wake_up.signal();
  CHECK(::poll(&watched, 1, 0) == 1);
}

}  // namespace
}  // namespace odradek
