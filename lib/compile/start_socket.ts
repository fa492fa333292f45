/** The name of the socket in the container's directory on which a created container waits for `start`. */
export const START_SOCKET = "start.sock";
