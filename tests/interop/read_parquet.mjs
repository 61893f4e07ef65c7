// Print how many rows each Parquet file has, after reading all of them with hyparquet.
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'

const counts = []
for (const path of process.argv.slice(2)) {
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(path) })
  counts.push(rows.length)
}
console.log(JSON.stringify(counts))
