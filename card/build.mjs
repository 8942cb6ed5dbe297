console.log("card build: nothing yet");
