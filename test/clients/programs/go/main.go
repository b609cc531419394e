// One scenario with the official Go driver: prints one JSON object, `result` or `error`.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	sf "github.com/snowflakedb/gosnowflake"
)

func main() {
	readTarget()
	program, isKnown := programs[os.Args[1]]
	if !isKnown {
		panic("no program " + os.Args[1])
	}
	db := open(where.Secret)
	result, err := program(context.Background(), db)
	// Closed before the answer: what is on record of the log-out is looked for then.
	db.Close()
	answer := map[string]any{"result": result, "seconds": time.Since(begun).Seconds()}
	if err != nil {
		failure := map[string]any{"code": "", "sqlState": nil, "message": err.Error()}
		var known *sf.SnowflakeError
		if errors.As(err, &known) {
			failure["code"], failure["sqlState"] = fmt.Sprintf("%06d", known.Number), known.SQLState
		}
		answer = map[string]any{"error": failure, "seconds": time.Since(begun).Seconds()}
	}
	json.NewEncoder(os.Stdout).Encode(answer)
}
