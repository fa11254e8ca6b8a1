/** Who is asked where nobody is named. */
export const defaultServer = 'localhost:9092'
