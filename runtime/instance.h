#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "runtime/call.h"
#include "runtime/commit_log.h"
#include "runtime/host.h"
#include "runtime/input_gate.h"
#include "runtime/open_stream.h"
#include "runtime/operation.h"
#include "runtime/outbox.h"
#include "runtime/state.h"
#include "storage/object_store.h"

namespace stead {

class DurableObject;

/// One life of an object: the author's class, its open database, its input gate, and what it has
/// under way. It runs events as turns:
///
/// 1. One turn at a time. A turn ends when the code returns or waits for something unfinished.
/// 2. The first write of a turn opens a transaction; the end of the turn commits it.
/// 3. What the code emits during the turn is handed to the outbox, which holds it until the commit
///    is durable.
/// 4. An exception of a handler goes to its caller; what was written stays. When something
///    fundamental breaks (`broken()`), the turn's writes and outputs are dropped and the owner
///    throws the instance away, so memory is never ahead of disk.
///
/// Thread: the object's. Owner: `LiveObject`, which never destroys it during a turn.
class Instance final {
 public:
  /// Runs the author's constructor at the first `start`.
  Instance(Host& host, const ObjectAddress& address, Outbox& outbox, CommitLog& commits,
           std::unique_ptr<ObjectStore>& store, std::uint64_t incarnation);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  /// Delivers a call: one turn. Requires `gate().open()`. If the constructor closes the gate, the
  /// call is kept and `start_kept` delivers it.
  void start(std::unique_ptr<Call> call);
  /// Delivers the call that waited for the constructor's critical section. False if
  /// there is none or the gate is shut.
  bool start_kept();
  /// Delivers a resumption: one turn, or none if nobody waits for it any more. If the gate is shut
  /// it is kept for later.
  void resume(Resumption resumption);
  /// Delivers a resumption that was kept and may pass now. False if there is none.
  bool resume_kept();

  const std::optional<Error>& broken() const { return broken_; }
  /// Whether the author's constructor has returned.
  bool constructed() const { return object_ != nullptr; }
  /// Whether nothing is under way.
  bool idle() const;
  const InputGate& gate() const { return gate_; }
  /// The calls under way, out of the instance and cancelled, to be told of its end. Streams end.
  std::vector<std::unique_ptr<Call>> abandon();
  /// Destroys the author's object: nothing is under way, and the object leaves memory.
  void close();

  // What the author's side reaches through `State`, during a turn.

  Host& host() { return host_; }
  const ObjectAddress& address() const { return address_; }
  std::uint64_t incarnation() const { return incarnation_; }
  /// Throws if the class has no storage or the instance is broken.
  ObjectStore& store();
  /// Ends what is a transaction to SQLite; what the turn writes is one commit all the same. Throws
  /// if that fails: the instance is then broken.
  void commit_part();
  /// Removes everything that the object stored.
  void delete_all();
  void emit(std::unique_ptr<Output> output);
  /// Keeps a task until it is done; an exception of it is logged.
  void keep(Task<void> task);
  /// Throws the instance away at the end of the turn; the first reason stands.
  void break_with(Error error);

  InputGate::Section enter_section();
  void leave_section(InputGate::Section section);
  InputGate::Section current_section() const { return current_section_; }
  void set_current_section(InputGate::Section section) { current_section_ = section; }

  /// Keeps a source for whoever reads it elsewhere; gives that end.
  std::unique_ptr<internal::RemoteBody> open_stream(std::unique_ptr<BodySource> source,
                                                    std::string what);
  /// Has the source make a chunk for a pull.
  void serve(OpenStream& stream, std::unique_ptr<PullCall> call);
  /// The pull that `serve` was given has its chunk, or the last word.
  void pull_answered(OpenStream& stream, bool ended);
  /// Closes the source at the end of the turn, and cancels what it is doing.
  void end_stream(OpenStream& stream);

  std::uint64_t add_operation(Operation& operation);
  void remove_operation(std::uint64_t number) { operations_.erase(number); }
  /// Whether code of the object goes on later: it waits for something, or makes a stream.
  bool waits() const { return !operations_.empty() || !streams_.empty(); }
  /// The number of the operation that began last.
  std::uint64_t last_operation() const { return last_operation_; }
  /// Completes an operation of this instance within the current turn, if somebody still waits.
  Operation* find_operation(std::uint64_t number);

 private:
  /// A call whose handler waits, or a task kept for `wait_until`.
  struct InFlight;
  struct Kept;
  /// A source that is read elsewhere, and its pull that waits for a chunk, if one does.
  struct Streaming {
    std::unique_ptr<OpenStream> stream;
    InFlight* pull = nullptr;
  };

  template <class Body>
  void turn(Body&& body);
  void construct();
  /// Gives what waits for the handler, if it has not returned.
  InFlight* run(std::unique_ptr<Call> call);
  void collect_finished();
  void close_ended_streams();
  void end_turn();
  void commit();
  /// Hands over what the storage has to make durable, if it has.
  void append(std::optional<Transaction> transaction);
  void answer(std::unique_ptr<Call> call);

  // Fixed at construction.
  Host& host_;
  const ObjectAddress& address_;
  Outbox& outbox_;
  CommitLog& commits_;
  /// Made at first use; outlives the instance.
  std::unique_ptr<ObjectStore>& store_;
  const std::uint64_t incarnation_;

  // Changed by turns. The object's tasks refer to everything above them, so they come last.
  bool in_turn_ = false;
  std::optional<Error> broken_;
  InputGate gate_;
  InputGate::Section current_section_ = InputGate::none;
  std::uint64_t last_operation_ = 0;
  std::unordered_map<std::uint64_t, Operation*> operations_;
  std::deque<Resumption> kept_resumptions_;
  std::unique_ptr<Call> undelivered_;
  std::unordered_map<InputGate::Section, std::unique_ptr<Operation>> section_timeouts_;
  State state_;
  std::unique_ptr<DurableObject> object_;
  std::unordered_map<std::uint64_t, Streaming> streams_;
  std::vector<std::unique_ptr<OpenStream>> ended_streams_;
  std::unordered_map<InFlight*, std::unique_ptr<InFlight>> in_flight_;
  std::unordered_map<Kept*, std::unique_ptr<Kept>> kept_;
  std::vector<InFlight*> finished_calls_;
  std::vector<Kept*> finished_tasks_;
};

}  // namespace stead
