package driver

import (
	"context"
	"errors"

	"github.com/twmb/franz-go/pkg/kerr"
)

// Failure is an error as the cases see it. Code is Kafka's number, or one of the local ones below.
type Failure struct {
	Code    int    `json:"code"`
	Name    string `json:"name,omitempty"`
	Message string `json:"message,omitempty"`
}

// Error makes a Failure an error, for drivers that know what Kafka would call theirs.
func (f Failure) Error() string { return f.Message }

// Codes of errors that no broker sent.
const (
	CodeLocal        = -1000
	codeLocalTimeout = -1001
)

// ErrLacking is the answer to an operation that a library does not have.
var ErrLacking = errors.New("the library lacks this operation")

// nameOf is Kafka's name of its error number.
func nameOf(code int16) string {
	var known *kerr.Error
	if errors.As(kerr.ErrorForCode(code), &known) {
		return known.Message
	}
	return ""
}

// describe turns an error into what the cases see; codeOf finds Kafka's number in an error of the
// library.
func describe(err error, codeOf func(error) (int16, bool)) Failure {
	var failure Failure
	if errors.As(err, &failure) {
		return failure
	}
	if code, ok := codeOf(err); ok {
		return Failure{int(code), nameOf(code), err.Error()}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return Failure{codeLocalTimeout, "LOCAL_TIMEOUT", err.Error()}
	}
	return Failure{CodeLocal, "LOCAL", err.Error()}
}
