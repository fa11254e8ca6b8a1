package driver

import "time"

// Collect makes records of what comes, at most max of them, until the time is over. What failed ends
// it with its error.
func Collect[M any](
	messages <-chan M, errors <-chan error, record func(M) Record, max int, timeout time.Duration,
) ([]Record, error) {
	records := []Record{}
	over := time.After(timeout)
	for len(records) < max {
		select {
		case message := <-messages:
			records = append(records, record(message))
		case err := <-errors:
			return nil, err
		case <-over:
			return records, nil
		}
	}
	return records, nil
}
