// Result<T, E>: a value or the error that the world caused. Every module has its own small, closed
// error type E; nothing in the core throws.
#pragma once

#include <optional>
#include <utility>
#include <variant>

#include "base/assert.h"

namespace odradek {

// Wraps an error on its way out of a function: `return Err(FileError{...})`.
template <class E>
struct Err {
  E error;
  explicit Err(E e) : error(std::move(e)) {}
};
template <class E>
Err(E) -> Err<E>;

// Holds exactly one of T and E. Reading the one that is not there is our bug and aborts.
template <class T, class E>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT
  template <class F>
  Result(Err<F> err) : state_(std::in_place_index<1>, std::move(err.error)) {}  // NOLINT

  // True if there is a value.
  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // The value; of a result that is about to go, it can be moved out.
  T& value() & {
    ASSERT(ok());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    ASSERT(ok());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    ASSERT(ok());
    return std::move(*std::get_if<0>(&state_));
  }
  // The error; valid as long as the result.
  const E& error() const {
    ASSERT(!ok());
    return *std::get_if<1>(&state_);
  }
  // Shorthand for value(), with the same check.
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  std::variant<T, E> state_;
};

// A result without a value: success, or an E.
template <class E>
class [[nodiscard]] Result<void, E> {
 public:
  Result() = default;
  template <class F>
  Result(Err<F> err) : error_(std::move(err.error)) {}  // NOLINT

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const E& error() const {
    ASSERT(!ok());
    return *error_;
  }

 private:
  std::optional<E> error_;
};

}  // namespace odradek

// Returns the error of `expression` from the enclosing function, if it has one.
#define RETURN_IF_ERROR(expression)                                 \
  do {                                                              \
    if (auto odradek_result = (expression); !odradek_result.ok()) { \
      return ::odradek::Err(odradek_result.error());                \
    }                                                               \
  } while (false)
