package driver

import (
	"context"
	"errors"

	"github.com/twmb/franz-go/pkg/kerr"
)

// Failure is an error as the cases see it. Code is Kafka's number, or one of the local ones below.
type Failure struct {
	Code    int    `json:"code"`
	Name    string `json:"name"`
	Message string `json:"message"`
}

// Errors that no broker sent.
const (
	codeLocalTimeout = -1001
	codeLocal        = -1000
)

// ErrLacking is the answer to an operation that a library does not have.
var ErrLacking = errors.New("the library lacks this operation")

// NamedFailure is an error that carries Kafka's number, with the number's name.
func NamedFailure(code int16, message string) Failure {
	name := "NONE"
	var known *kerr.Error
	if errors.As(kerr.ErrorForCode(code), &known) {
		name = known.Message
	}
	return Failure{int(code), name, message}
}

// describe turns an error into what the cases see; codeOf finds Kafka's number in an error of the
// library.
func describe(err error, codeOf func(error) (int16, bool)) Failure {
	if code, ok := codeOf(err); ok {
		return NamedFailure(code, err.Error())
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return Failure{codeLocalTimeout, "LOCAL_TIMEOUT", err.Error()}
	}
	return Failure{codeLocal, "LOCAL", err.Error()}
}
