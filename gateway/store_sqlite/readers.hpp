// A few reader connections, taken and given back.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "gateway/store_sqlite/sqlite_store.hpp"
#include "gateway/store_sqlite/sqlite_transaction.hpp"

namespace gateway::store_sqlite {

class SqliteStore::Readers {
 public:
  /// At most `most` connections, each opened when first needed.
  Readers(ConnectionOptions options, std::size_t most)
      : options_(std::move(options)), most_(most == 0 ? 1 : most) {}

  /// Runs the work on one snapshot. Any thread; waits for a free connection.
  [[nodiscard]] fhir::Status read(const store::Caller& caller, const store::Work& work);

  struct Reader {
    std::unique_ptr<Connection> connection;
    std::unique_ptr<Names> names;
  };

 private:
  [[nodiscard]] fhir::Result<Reader> take();
  void give_back(Reader reader);
  void lose();

  ConnectionOptions options_;
  std::size_t most_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::size_t open_ = 0;
  std::vector<Reader> free_;
};

}  // namespace gateway::store_sqlite
