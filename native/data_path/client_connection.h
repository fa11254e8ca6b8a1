// One client's connection: takes its requests in order and keeps their answers in order.
//
// Produce requests may overlap, so that an idempotent producer can send ahead while earlier batches
// wait for their high watermark. Everything else has the connection for itself: it starts when all
// earlier requests are answered, and nothing starts before it is answered.
//
// Threads: belongs to its reactor's thread.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "data_path/broker_data_path.h"
#include "data_path/fetch_operation.h"
#include "data_path/opening_produce.h"
#include "data_path/pending_produce.h"
#include "data_path/request_header.h"
#include "net/connection.h"

namespace odradek {

class Worker;

// Invariant: at most one of opening_, an active fetch_ and a control request exists, as exclusive_
// says; and produces_ is empty unless that is none or `opening`. So an answer that is complete can
// be sent at once, except a produce answer behind an older one.
class ClientConnection final : public ConnectionHandler,
                               public PendingProduceOwner,
                               public FetchOwner {
 public:
  // Both must outlive it.
  ClientConnection(Worker& worker, Connection& connection);
  ~ClientConnection() override;

  // Starts the request, or holds it until earlier ones are answered. Malformed requests, and
  // versions of Produce and Fetch that were never offered, close the connection.
  FrameVerdict on_frame(ByteSpan frame) override;
  void on_closed() override;
  bool is_busy() const override;

  // The control plane's answer to the frame with this sequence; another one is ignored.
  void respond(uint64_t sequence, std::vector<uint8_t> frame);
  // The verdict on an opened batch of the request under way; another token is ignored.
  void batch_opened(uint64_t token, BatchVerdict verdict, std::vector<uint8_t> replacement);
  // The stored bytes that fetch `sequence` waited for are in memory now.
  void fetch_warmed(uint64_t sequence);
  // Takes no request for so long, from now on.
  void mute(int32_t throttle_ms);
  // Takes no more requests; answers a waiting fetch with what there is.
  void drain();

  // For the parts of a request.
  uint64_t id() const override { return connection_.id(); }
  SendQueue& send_queue() override { return connection_.send_queue(); }
  void fetch_finished() override;
  void produce_completed() override;

 private:
  // What has the connection for itself.
  enum class Exclusive : uint8_t { none, control, fetch, opening };

  FrameVerdict on_produce(const RequestHeader& header, WireReader& reader, ByteSpan frame);
  FrameVerdict on_fetch(const RequestHeader& header, WireReader& reader);
  FrameVerdict on_control(ByteSpan frame);
  // All batches are appended or refused: answers, or waits for the high watermarks. The request was
  // taken at `began_ns`, and has been worked on without a break since `busy_since_ns`.
  void complete_produce(const ProduceRequest& request, size_t request_bytes, int64_t began_ns,
                        int64_t busy_since_ns, ProduceWork* work);
  // False while as many requests, or as many bytes, wait for acknowledgement as may.
  bool has_room_for_produce() const;
  // Counts a Produce request against the client's quotas; for how long it has to pause.
  int32_t charge_produce(const ProduceRequest& request, size_t request_bytes,
                         int64_t busy_since_ns);
  // True while no request is taken: for a quota's sake, or until what was produced is durable.
  bool is_paused();
  // Looks again later whether the pause is over.
  void pause();
  // The exclusive request is answered: what was held may start.
  void become_free();

  class PauseTimer final : public Timer {
   public:
    explicit PauseTimer(ClientConnection& connection) : connection_(connection) {}
    void on_timer() override { connection_.pause(); }

   private:
    ClientConnection& connection_;
  };

  Worker& worker_;
  Connection& connection_;
  Exclusive exclusive_ = Exclusive::none;
  bool draining_ = false;
  uint64_t sequence_ = 0;  // of the last exclusive request
  int64_t fetch_began_ns_ = 0;
  // Appended and waiting, oldest first: answered in this order.
  std::deque<std::unique_ptr<PendingProduce>> produces_;
  size_t pending_bytes_ = 0;  // sum of their requests' bytes
  int64_t muted_until_ms_ = 0;
  // Written to by the last request, in a directory that has too much to make durable.
  std::vector<std::shared_ptr<PartitionEntry>> backed_up_;
  PauseTimer pause_timer_{*this};  // set while paused
  std::unique_ptr<OpeningProduce> opening_;
  std::unique_ptr<FetchOperation> fetch_;  // made at the first fetch, then reused
};

}  // namespace odradek
